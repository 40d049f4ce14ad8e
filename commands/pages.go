package commands

import "context"

// help answers /help, about one command or option where it is named.
func (s *Service) help(_ context.Context, r *Request, w *Wording) (Answer, error) {
	text, err := helpText(w, r.Rest)
	return Answer{Kind: "help", Question: r.Line(), Text: text}, err
}

// about answers /about.
func (s *Service) about(_ context.Context, r *Request, w *Wording) (Answer, error) {
	return Answer{Kind: "about", Question: r.Line(), Text: w.Text("text.about")}, nil
}

// privacy answers /privacy.
func (s *Service) privacy(_ context.Context, r *Request, w *Wording) (Answer, error) {
	return Answer{Kind: "privacy", Question: r.Line(), Text: w.Text("text.privacy")}, nil
}

package estimator

// withoutSpeech are the engines that have no Whisper: llama.cpp's authors serve it
// with whisper.cpp, and LMDeploy's table of models holds no encoder-decoder.
var withoutSpeech = setOf(LlamaCPP, IKLlamaCPP, LMDeploy)

// runsElsewhere names the engines that serve a family which the plan's does not;
// empty where it does.
func (p *Plan) runsElsewhere(a *Arch) string {
	if a.Family == "whisper" && withoutSpeech.has(p.Serve.Engine) {
		return "transformers, vllm, sglang, tensorrt-llm: it serves no Whisper"
	}
	return ""
}

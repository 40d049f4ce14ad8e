// Package hfhub reads models from the Hugging Face Hub: what a repository is,
// its config.json, and the exact bytes of its weights, in as few requests as the
// Hub allows and without downloading a weight.
//
// A [Client] speaks to the Hub. It follows redirects by hand and sends the token
// to no origin but its own endpoint, bounds every body, answers equal questions
// once, and says what went wrong with an [Error] whose kind is one of the Err
// values. What it has read it keeps by commit; when the Hub is down it may answer
// from there, and the answer says so.
package hfhub

// Package hubtest is a Hugging Face Hub for tests, in this process. It answers
// as the real one does: model info, small files by a relative redirect, large
// ones by a redirect to a CDN on another port, ranges, renames, gates, private
// repositories, rate limits, and refusals with their codes. On demand it
// misbehaves, and it keeps a log of what it was asked.
package hubtest

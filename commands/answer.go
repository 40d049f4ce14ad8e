package commands

import "encoding/json"

// Answer is what membot says to one question: the JSON of `membot ask --format
// json`, and what every renderer (terminal, Discord, chart) draws from. Exactly
// one of the groups below is set, as Kind says; Error stands alone.
type Answer struct {
	Question   string `json:"question,omitempty"`   // the canonical line
	Kind       string `json:"kind,omitempty"`       // mem, fit, models, compare, explain, gpus, concept, unclear, off_topic, help, about, privacy, settings
	Understood string `json:"understood,omitempty"` // the plain question, if it was one

	// mem and explain
	Model       *Model               `json:"model,omitempty"`
	Plan        map[string]PlanValue `json:"plan,omitempty"`
	PerGPU      *PerGPU              `json:"per_gpu,omitempty"`
	Host        *Host                `json:"host,omitempty"`
	Capacity    *Capacity            `json:"capacity,omitempty"`
	GPU         *GPUVerdict          `json:"gpu,omitempty"`
	WhatIf      []Change             `json:"what_if,omitzero"`
	Run         []RunText            `json:"run,omitzero"`
	Textbook    *PerGPU              `json:"textbook,omitempty"` // explain
	Others      []OtherTool          `json:"others,omitzero"`    // explain
	Letters     []Letter             `json:"letters,omitzero"`   // explain: what stands for what in the formulas
	Facts       []Fact               `json:"facts,omitzero"`     // explain: which file and key gave each number
	Options     []Option             `json:"options,omitzero"`   // fit, models
	Answers     []Answer             `json:"answers,omitzero"`   // compare
	GPUs        []GPUCard            `json:"gpus,omitzero"`      // gpus
	Topic       string               `json:"topic,omitempty"`    // concept, and an explain that answers one
	Text        string               `json:"text,omitempty"`     // concept, help, about, privacy, off_topic, settings
	Numbers     map[string]float64   `json:"numbers,omitempty"`  // concept
	Ask         string               `json:"ask,omitempty"`      // unclear: what is missing
	Choices     []string             `json:"choices,omitzero"`   // unclear: canonical lines, at most three
	Warnings    []Warning            `json:"warnings,omitzero"`
	Assumptions []Assumption         `json:"assumptions,omitzero"`
	Error       *Refusal             `json:"error,omitempty"`

	// Private says that the model could be read only with the bot's own token,
	// so that a chat shows the answer to the asker alone.
	Private bool `json:"-"`
}

// Model says what was sized and where its facts came from.
type Model struct {
	ID              string   `json:"id"`
	Revision        *string  `json:"revision"`
	Source          string   `json:"source"` // hub, cache, catalogue, file, size, custom
	FetchedAt       *string  `json:"fetched_at"`
	ModelType       *string  `json:"model_type"`
	Params          *int64   `json:"params"`
	ParamsTrainable *int64   `json:"params_trainable"`
	ParamsActive    *int64   `json:"params_active"`
	Hidden          *int64   `json:"hidden"`
	Layers          *int64   `json:"layers"`
	Heads           *int64   `json:"heads"`
	KVHeads         *int64   `json:"kv_heads"`
	HeadDim         *int64   `json:"head_dim"`
	FFN             *int64   `json:"ffn"`
	Vocab           *int64   `json:"vocab"`
	Context         *int64   `json:"context"`
	DType           *string  `json:"dtype"`
	StoredBytes     *int64   `json:"stored_bytes"`
	Notes           []string `json:"notes"`
}

// PlanValue is one option of the plan: its value, and whether the asker gave it.
type PlanValue struct {
	Value any  `json:"value"`
	Given bool `json:"given"`
}

// PerGPU is the memory of the fullest GPU, in bytes; a null is unknown.
type PerGPU struct {
	Total     int64  `json:"total"`
	Allocated int64  `json:"allocated"`
	Reserved  *int64 `json:"reserved"`
	Low       *int64 `json:"low"`
	High      *int64 `json:"high"`
	Moment    string `json:"moment"`
	Parts     []Part `json:"parts"`
}

// Part is one line of a breakdown, in bytes.
type Part struct {
	Name    string   `json:"name"`
	Bytes   int64    `json:"bytes"`
	Formula string   `json:"formula"`
	Basis   string   `json:"basis"` // counted, derived, allowance
	Source  string   `json:"source"`
	Moments []string `json:"moments"`
}

// Host is the memory needed outside the GPU, in bytes.
type Host struct {
	Bytes int64 `json:"bytes"`
}

// Capacity says how far a card goes: bytes and tokens; a null is unknown.
type Capacity struct {
	KVBytesPerToken  *int64 `json:"kv_bytes_per_token"`
	KVBudget         *int64 `json:"kv_budget"`
	KVTokens         *int64 `json:"kv_tokens"`
	MaxSeq           *int64 `json:"max_seq"`
	MaxBatch         *int64 `json:"max_batch"`
	ReservedByEngine *int64 `json:"reserved_by_engine"`
}

// GPUVerdict says whether the plan fits the named card; headroom is in bytes
// and negative when it does not.
type GPUVerdict struct {
	Name        string `json:"name"`
	UsableBytes int64  `json:"usable_bytes"`
	Fits        bool   `json:"fits"`
	Headroom    int64  `json:"headroom"`
}

// Change is one thing that could be asked differently, and what it would save.
type Change struct {
	Change string `json:"change"` // key:value, as typed
	Total  int64  `json:"total"`
	Saves  int64  `json:"saves"`
	Costs  string `json:"costs"`
}

// RunText is a block to copy that runs the answer.
type RunText struct {
	For  string `json:"for"`
	Text string `json:"text"`
}

// OtherTool is what another estimator would say, and why it differs.
type OtherTool struct {
	Tool  string `json:"tool"`
	Total int64  `json:"total"`
	Why   string `json:"why"`
}

// Fact is one number of a model with the file and the key it came from. One that
// no key gave is the class's own default.
type Fact struct {
	Name    string `json:"name"`
	Value   string `json:"value"`
	File    string `json:"file"`
	Key     string `json:"key"`
	Assumed bool   `json:"assumed"`
}

// Letter is a symbol of the formulas of an explain, with its value.
type Letter struct {
	Name    string  `json:"name"`
	Value   float64 `json:"value"`
	Meaning string  `json:"meaning"`
}

// Option is one way to fit, or one model that runs, best first.
type Option struct {
	Question string `json:"question"`
	Model    string `json:"model"`
	Total    int64  `json:"total"`
	Fits     bool   `json:"fits"`
	Headroom int64  `json:"headroom"`
}

// GPUCard is one row of the GPU table; bytes.
type GPUCard struct {
	Name        string `json:"name"`
	Vendor      string `json:"vendor"`
	Memory      int64  `json:"memory_bytes"`
	UsableBytes int64  `json:"usable_bytes"`
	Measured    bool   `json:"measured"`
}

// Warning is something the asker should know, by code.
type Warning struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

// Assumption is a default that mattered.
type Assumption struct {
	Key  string `json:"key"`
	Text string `json:"text"`
}

// Refusal is why there is no answer: what happened, then what to do.
type Refusal struct {
	Code       string   `json:"code"`
	Text       string   `json:"text"`
	Advice     string   `json:"advice"`
	DidYouMean []string `json:"did_you_mean"`
}

// MarshalJSON writes an answer about a model's memory with its card and its
// capacity even where they are unknown, as null; a list of models with what its
// first row leaves of the card; and plain words that became no line as the /ask
// they are.
func (a Answer) MarshalJSON() ([]byte, error) {
	type plain Answer
	switch {
	case a.Kind == "models" && a.GPU != nil:
		return json.Marshal(struct {
			plain
			GPU listedCard `json:"gpu"`
		}{plain(a), a.listed()})
	case a.PerGPU == nil:
		if a.Question == "" && a.Understood != "" {
			a.Question = "/ask " + a.Understood
		}
		return json.Marshal(plain(a))
	}
	return json.Marshal(struct {
		plain
		Capacity *Capacity   `json:"capacity"`
		GPU      *GPUVerdict `json:"gpu"`
	}{plain(a), a.Capacity, a.GPU})
}

// listedCard is the card of a list of models: the headroom is that of the first,
// the largest that fits; null where none does.
type listedCard struct {
	GPUVerdict
	Headroom *int64 `json:"headroom"`
}

func (a Answer) listed() listedCard {
	card := listedCard{GPUVerdict: *a.GPU}
	if len(a.Options) > 0 {
		card.Headroom = &a.Options[0].Headroom
	}
	return card
}

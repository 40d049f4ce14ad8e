package hfhub

import "strings"

// tasks are the ends of class names, and whether such a class has a language
// model's head.
var tasks = []struct {
	suffix string
	head   bool
}{
	{"ForCausalLM", true},
	{"ForConditionalGeneration", true},
	{"ForVision2Seq", true},
	{"LMHeadModel", true},
	{"ForMaskedLM", true},
	{"ForPreTraining", true},
	{"ForImageTextToText", true},
	{"MTModel", true},
	{"ForSequenceClassification", false},
	{"ForTokenClassification", false},
	{"ForQuestionAnswering", false},
	{"ForMultipleChoice", false},
	{"ForImageClassification", false},
	{"ForRewardModel", false},
	{"RewardModel", false},
	{"EncoderModel", false},
	{"Model", false},
}

// taskOf cuts a class name into its family and what it is for.
func taskOf(class string) (stem, suffix string, head bool) {
	for _, t := range tasks {
		if stem, ok := strings.CutSuffix(class, t.suffix); ok {
			return stem, t.suffix, t.head
		}
	}
	return class, "", true
}

// classNames are model classes whose name does not lead to their model_type.
var classNames = map[string]string{
	"qwen": "qwen", "baichuan": "baichuan", "internlm2": "internlm2", "gptneox": "gpt_neox", "gptj": "gptj",
	"gptbigcode": "gpt_bigcode", "rw": "RefinedWebModel", "llavallama": "llava_llama", "mptfor": "mpt",
}

// familyOfClass finds a row by the class that architectures, or auto_map,
// names: LlamaForCausalLM is read as llama whatever model_type says.
func familyOfClass(root object) (*resolved, bool) {
	class := firstClass(root)
	if class == "" {
		return nil, false
	}
	stem, _, _ := taskOf(class)
	return familyOfStem(stem)
}

func familyOfStem(stem string) (*resolved, bool) {
	flat := flatten(stem)
	if flat == "" {
		return nil, false
	}
	if name, ok := classNames[flat]; ok {
		return familyOf(name)
	}
	if name, ok := rowOfStem(flat); ok {
		return familyOf(name)
	}
	return nil, false
}

// flatten makes Qwen2_5_VL and qwen2-5-vl one word.
func flatten(name string) string {
	return flattener.Replace(strings.ToLower(name))
}

var flattener = strings.NewReplacer("_", "", "-", "", ".", "")

package hfhub

import (
	"bytes"
	"fmt"
	"testing"

	"membot/hfhub/hubtest"
)

func BenchmarkReadSafetensors(b *testing.B) {
	file := hubtest.Safetensors(nil, deepSeek()...)
	b.SetBytes(int64(len(file.Head)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ReadSafetensors(bytes.NewReader(file.Head), file.Size); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReadIndex(b *testing.B) {
	weightMap := map[string]string{}
	for i, t := range deepSeek() {
		weightMap[t.Name] = fmt.Sprintf("model-%05d-of-00163.safetensors", i%163+1)
	}
	index := hubtest.Index(1, weightMap).Head
	b.SetBytes(int64(len(index)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ReadIndex(bytes.NewReader(index)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReadGGUF(b *testing.B) {
	file := hubtest.GGUF(llamaKeys(128_000), ggufTensors()...)
	b.SetBytes(int64(len(file.Head)))
	for _, shapesOnly := range []bool{true, false} {
		b.Run(fmt.Sprintf("shapesOnly=%v", shapesOnly), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := ReadGGUF(bytes.NewReader(file.Head), file.Size, shapesOnly); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkWeightsFromMemory(b *testing.B) {
	hub := hubtest.New(b)
	hub.Add("org/m", nil, hubtest.With("model.safetensors", hubtest.Safetensors(nil, llama()...)))
	client, err := New(Settings{Endpoint: hub.URL()})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(client.Close)
	b.ReportAllocs()
	for b.Loop() {
		info, err := client.Info(b.Context(), "org/m", "")
		if err != nil {
			b.Fatal(err)
		}
		if _, err := client.Tensors(b.Context(), info, TensorOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkWeightsOverTheWire(b *testing.B) {
	hub := hubtest.New(b)
	hub.Add("org/m", nil, append(hubtest.Sharded(8, llama()...), hubtest.NoSummary())...)
	for b.Loop() {
		client, err := New(Settings{Endpoint: hub.URL()})
		if err != nil {
			b.Fatal(err)
		}
		info, err := client.Info(b.Context(), "org/m", "")
		if err != nil {
			b.Fatal(err)
		}
		if _, err := client.Tensors(b.Context(), info, TensorOptions{}); err != nil {
			b.Fatal(err)
		}
		client.Close()
	}
}

func BenchmarkParseID(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseID("https://huggingface.co/Qwen/Qwen2-0.5B-Instruct/blob/main/config.json"); err != nil {
			b.Fatal(err)
		}
	}
}

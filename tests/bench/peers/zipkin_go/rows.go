// SPDX-License-Identifier: Apache-2.0

package main

import (
	"net"
	"time"

	zipkin "github.com/openzipkin/zipkin-go"
	"github.com/openzipkin/zipkin-go/model"
	"github.com/openzipkin/zipkin-go/propagation/b3"
	"github.com/openzipkin/zipkin-go/proto/zipkin_proto3"
)

const (
	header = "463ac35c9f6413ad48485a3953bb6124-a2fb4a1d1a96d312-1-0020000000000001"
	topic  = "readings"
	key    = "sensor-042"
)

// row is one of tests/bench/rows.ini; an operation does its work `per` times.
type row struct {
	name      string
	operation func()
	per       int
}

var (
	serializer = zipkin_proto3.SpanSerializer{}
	local      = &model.Endpoint{ServiceName: "svc", IPv4: net.IPv4(10, 1, 2, 3).To4(), Port: 8080}
	remote     = &model.Endpoint{ServiceName: "kafka"}

	// Written by every operation, so that none is left out by the compiler.
	context *model.SpanContext
	text    string
	encoded []byte
)

// encoding serialises each span as it ends, as edgespan does.
type encoding struct{}

func (encoding) Send(span model.SpanModel) {
	encoded = must(serializer.Serialize([]*model.SpanModel{&span}))
}
func (encoding) Close() error { return nil }

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func extract(from b3.Map) func() {
	extractor := from.Extract
	return func() { context, _ = extractor() }
}

// span is a finished span of the workload.
func span() *model.SpanModel {
	return &model.SpanModel{
		SpanContext: *must(b3.ParseSingleHeader(header)), Name: "send", Kind: model.Producer,
		Timestamp: time.UnixMicro(1_700_000_000_000_000), Duration: time.Microsecond,
		LocalEndpoint: local, RemoteEndpoint: remote,
		Tags: map[string]string{"kafka.key": key, "kafka.topic": topic},
	}
}

func spanBytes() int { return len(must(serializer.Serialize([]*model.SpanModel{span()}))) }

func rows() []row {
	parent := must(b3.ParseSingleHeader(header))
	tracer := must(zipkin.NewTracer(encoding{}, zipkin.WithLocalEndpoint(local), zipkin.WithTraceID128Bit(true)))
	batch := make([]*model.SpanModel, 100)
	for i := range batch {
		batch[i] = span()
	}
	return []row{
		{"b3_parse", func() { context = must(b3.ParseSingleHeader(header)) }, 1},
		{"b3_write", func() { text = b3.BuildSingleHeader(*parent) }, 1},
		{"extract_single", extract(b3.Map{"content-type": "json", "device": "pump-7", "b3": header}), 1},
		{"extract_multi", extract(b3.Map{
			"content-type": "json", "device": "pump-7", b3.TraceID: "463ac35c9f6413ad48485a3953bb6124",
			b3.SpanID: "a2fb4a1d1a96d312", b3.ParentSpanID: "0020000000000001", b3.Sampled: "1"}), 1},
		{"extract_none", extract(b3.Map{"content-type": "json", "device": "pump-7"}), 1},
		{"span_2tags", func() {
			s := tracer.StartSpan("send", zipkin.Kind(model.Producer), zipkin.Parent(*parent),
				zipkin.RemoteEndpoint(remote))
			s.Tag("kafka.key", key)
			s.Tag("kafka.topic", topic)
			s.Finish()
		}, 1},
		{"drain", func() { encoded = must(serializer.Serialize(batch)) }, len(batch)},
	}
}

// SPDX-License-Identifier: Apache-2.0
// Which Jaeger the nightly cases ask: its own program, of the releases that are Go modules; `run` lets Go add what it
// needs.
module edgespan/interop/jaeger

go 1.26.0

require github.com/jaegertracing/jaeger v1.76.0

tool github.com/jaegertracing/jaeger/cmd/jaeger

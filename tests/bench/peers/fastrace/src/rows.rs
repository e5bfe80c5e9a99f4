// SPDX-License-Identifier: Apache-2.0
//! The rows of tests/bench/rows.ini that fastrace has.

use fastrace::collector::SpanContext;
use fastrace::local::LocalSpan;
use fastrace::Span;

pub struct Row {
    pub name: &'static str,
    pub operation: fn(),
    pub per: u64,   // parts of an operation: a figure is of one part
    pub spans: u64, // that an operation makes
}

/// So many spans stay far below the bound of fastrace's queues.
pub const SPANS_BETWEEN_FLUSHES: u64 = 4_000;

const LOCALS: u64 = 100;
const KEY: &str = "sensor-042";
const TOPIC: &str = "readings";

fn tags() -> [(&'static str, &'static str); 2] {
    [("kafka.key", KEY), ("kafka.topic", TOPIC)]
}

fn root() {
    let _root = Span::root("send", SpanContext::random()).with_properties(tags);
}

fn locals() {
    let root = Span::root("send", SpanContext::random());
    let _scope = root.set_local_parent();
    for _ in 0..LOCALS {
        let _span = LocalSpan::enter_with_local_parent("work").with_properties(tags);
    }
}

pub const ROWS: [Row; 2] = [
    Row { name: "span_root", operation: root, per: 1, spans: 1 },
    Row { name: "trace_100", operation: locals, per: LOCALS, spans: LOCALS + 1 },
];

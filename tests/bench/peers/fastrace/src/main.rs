// SPDX-License-Identifier: Apache-2.0
//! Measures fastrace on the rows of tests/bench/rows.ini that it has.
//!
//!     bench ROWS MS
//!
//! ROWS are names with `|` between them. Each row takes about MS milliseconds. Prints a JSON object a line: the median
//! of batches of about a millisecond, in processor time of the measuring thread, and what it allocated. Spans go to a
//! reporter that only counts them; what fastrace's own thread does for that is not in it. Under the row's name with
//! `_all` stands the processor time of the whole process, which has that, too.

mod allocations;
mod rows;

use std::sync::atomic::{AtomicU64, Ordering};

use fastrace::collector::{Config, Reporter, SpanRecord};

static REPORTED: AtomicU64 = AtomicU64::new(0);

struct Counter;

impl Reporter for Counter {
    fn report(&mut self, spans: Vec<SpanRecord>) {
        REPORTED.fetch_add(spans.len() as u64, Ordering::Relaxed);
    }
}

fn cpu_ns(clock: libc::clockid_t) -> u64 {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `now` outlives the call.
    let result = unsafe { libc::clock_gettime(clock, &mut now) };
    assert_eq!(result, 0);
    now.tv_sec as u64 * 1_000_000_000 + now.tv_nsec as u64
}

fn timed(row: &rows::Row, count: u64) -> u64 {
    let begun = cpu_ns(libc::CLOCK_THREAD_CPUTIME_ID);
    for _ in 0..count {
        (row.operation)();
    }
    cpu_ns(libc::CLOCK_THREAD_CPUTIME_ID) - begun
}

/// Hands over what waits in fastrace's queues: they hold a bounded number of traces.
fn hand_over() {
    fastrace::flush();
}

/// How many spans were reported; waits up to a second for the last of them, which fastrace's own thread may hold.
fn reported(expected: u64) -> u64 {
    for _ in 0..20 {
        if REPORTED.load(Ordering::Relaxed) >= expected {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
        hand_over();
    }
    REPORTED.swap(0, Ordering::Relaxed)
}

fn measure(row: &rows::Row, ms: u64) {
    let batch_ns = 1_000_000;
    let mut count = 1;
    let mut made = count;
    while timed(row, count) < batch_ns && count * row.spans < rows::SPANS_BETWEEN_FLUSHES {
        hand_over();
        count *= 2;
        made += count;
    }
    hand_over();
    let mut batches = Vec::new();
    let mut allocated = allocations::Count::default();
    let mut used = 0;
    let process_before = cpu_ns(libc::CLOCK_PROCESS_CPUTIME_ID);
    while used < ms * 1_000_000 {
        let before = allocations::of_this_thread();
        let ns = timed(row, count);
        allocated += allocations::of_this_thread() - before;
        used += ns;
        batches.push(ns as f64 / (count * row.per) as f64);
        made += count;
        hand_over();
    }
    let process_ns = cpu_ns(libc::CLOCK_PROCESS_CPUTIME_ID) - process_before;
    // A full queue drops spans, which cost less than others: few may be.
    let expected = made * row.spans;
    assert!(reported(expected) >= expected / 20 * 19, "nearly all spans are reported");
    batches.sort_by(f64::total_cmp);
    let operations = (batches.len() as u64 * count * row.per) as f64;
    println!(
        "{{\"name\": \"{}/fastrace\", \"value\": {}, \"allocs\": {}, \"bytes\": {}}}",
        row.name,
        batches[batches.len() / 2],
        allocated.calls as f64 / operations,
        allocated.bytes as f64 / operations
    );
    println!("{{\"name\": \"{}_all/fastrace\", \"value\": {}}}", row.name, process_ns as f64 / operations);
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, wanted, ms] = arguments.as_slice() else {
        eprintln!("usage: bench ROWS MS");
        std::process::exit(2);
    };
    let ms: u64 = ms.parse().expect("MS is a number of milliseconds");
    fastrace::set_reporter(Counter, Config::default());
    let is_wanted = |row: &&rows::Row| wanted.split('|').any(|name| name.trim_end_matches("_all") == row.name);
    for row in rows::ROWS.iter().filter(is_wanted) {
        measure(row, ms);
    }
}

// SPDX-License-Identifier: Apache-2.0

// Command bench measures zipkin-go on the rows of tests/bench/rows.ini that it has.
//
//	bench ROWS MS
//
// takes the rows whose whole name the regular expression matches, gives each about MS milliseconds, and prints a JSON
// object a line: the median of batches of about a millisecond, in processor time of the measuring thread, and what
// it allocated. What the collector does on threads of its own is not in it.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"runtime"
	"sort"
	"strconv"

	"golang.org/x/sys/unix"
)

type result struct {
	Name   string  `json:"name"`
	Value  float64 `json:"value"`
	Allocs float64 `json:"allocs"`
	Bytes  float64 `json:"bytes"`
}

func threadNS() int64 {
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &now); err != nil {
		panic(err)
	}
	return now.Nano()
}

func timed(operation func(), count int) int64 {
	begun := threadNS()
	for i := 0; i < count; i++ {
		operation()
	}
	return threadNS() - begun
}

// measure returns what one of the `per` parts of an operation costs.
func measure(name string, operation func(), per int, ms int) result {
	const batchNS = 1_000_000
	count := 1
	for timed(operation, count) < batchNS {
		count *= 2
	}
	batches := make([]float64, 0, ms)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for used := int64(0); used < int64(ms)*1_000_000; {
		ns := timed(operation, count)
		used += ns
		batches = append(batches, float64(ns)/float64(count*per))
	}
	runtime.ReadMemStats(&after)
	sort.Float64s(batches)
	operations := float64(len(batches) * count * per)
	return result{
		Name:   name + "/go",
		Value:  batches[len(batches)/2],
		Allocs: float64(after.Mallocs-before.Mallocs) / operations,
		Bytes:  float64(after.TotalAlloc-before.TotalAlloc) / operations,
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "bench:", err)
	os.Exit(2)
}

func main() {
	if len(os.Args) != 3 {
		fail(fmt.Errorf("usage: bench ROWS MS"))
	}
	wanted, err := regexp.Compile("^(?:" + os.Args[1] + ")$")
	if err != nil {
		fail(err)
	}
	ms, err := strconv.Atoi(os.Args[2])
	if err != nil || ms < 1 {
		fail(fmt.Errorf("MS is a number of milliseconds, not %q", os.Args[2]))
	}
	runtime.LockOSThread()
	print := json.NewEncoder(os.Stdout)
	for _, row := range rows() {
		if wanted.MatchString(row.name) {
			if err := print.Encode(measure(row.name, row.operation, row.per, ms)); err != nil {
				fail(err)
			}
		}
	}
	if wanted.MatchString("span_bytes") {
		if err := print.Encode(map[string]any{"name": "span_bytes/go", "value": spanBytes()}); err != nil {
			fail(err)
		}
	}
}

// SPDX-License-Identifier: Apache-2.0
// Measures opentelemetry-cpp on the rows of tests/bench/rows.ini that it has.
//
//     bench ROWS MS
//
// ROWS are names with `|` between them. Each row takes about MS milliseconds. Prints a JSON object a line:
// the median of batches of about a millisecond, in processor time of the measuring thread, and what it
// allocated. Spans go through the SDK's batch processor to an exporter that only counts them, so none is
// encoded. Under the row's name with `_all` stands the processor time of the whole process, which has the
// processor's thread, too.
#include <opentelemetry/sdk/trace/batch_span_processor.h>
#include <opentelemetry/sdk/trace/span_data.h>
#include <opentelemetry/sdk/trace/tracer_provider.h>
#include <opentelemetry/trace/scope.h>
#include <time.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <vector>

namespace sdk = opentelemetry::sdk::trace;
namespace api = opentelemetry::trace;
namespace nostd = opentelemetry::nostd;

namespace {

struct Allocated {
  std::uint64_t calls = 0;
  std::uint64_t bytes = 0;
};
thread_local Allocated allocated;

}  // namespace

void* operator new(std::size_t size) {
  ++allocated.calls;
  allocated.bytes += size;
  if (void* const memory = std::malloc(size)) return memory;
  throw std::bad_alloc{};
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace {

std::atomic<std::uint64_t> exported{0};

class Counter : public sdk::SpanExporter {
 public:
  std::unique_ptr<sdk::Recordable> MakeRecordable() noexcept override {
    return std::make_unique<sdk::SpanData>();
  }
  opentelemetry::sdk::common::ExportResult Export(
      const nostd::span<std::unique_ptr<sdk::Recordable>>& spans) noexcept override {
    exported += spans.size();
    return opentelemetry::sdk::common::ExportResult::kSuccess;
  }
  bool ForceFlush(std::chrono::microseconds) noexcept override { return true; }
  bool Shutdown(std::chrono::microseconds) noexcept override { return true; }
};

// So many spans between two flushes stay within the processor's queue.
constexpr std::uint64_t queue_spans = 8'192;

// One after the other, with the same tags as all peers.
void make_span(api::Tracer& tracer, nostd::string_view name) {
  const auto span = tracer.StartSpan(name);
  span->SetAttribute("kafka.key", "sensor-042");
  span->SetAttribute("kafka.topic", "readings");
  span->End();
}

constexpr std::uint64_t locals = 100;

void make_trace(api::Tracer& tracer) {
  const auto root = tracer.StartSpan("send");
  {
    const api::Scope scope{root};
    for (std::uint64_t i = 0; i < locals; ++i) make_span(tracer, "work");
  }
  root->End();
}

struct Row {
  const char* name;
  void (*operation)(api::Tracer&);
  std::uint64_t per;    // parts of an operation: a figure is of one part
  std::uint64_t spans;  // that an operation makes
};
constexpr Row rows[] = {{"span_root", [](api::Tracer& tracer) { make_span(tracer, "send"); }, 1, 1},
                        {"trace_100", make_trace, locals, locals + 1}};

double cpu_ns(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

double timed(const Row& row, api::Tracer& tracer, std::uint64_t count) {
  const double begun = cpu_ns(CLOCK_THREAD_CPUTIME_ID);
  for (std::uint64_t i = 0; i < count; ++i) row.operation(tracer);
  return cpu_ns(CLOCK_THREAD_CPUTIME_ID) - begun;
}

void measure(const Row& row, sdk::TracerProvider& provider, double ms) {
  const auto tracer = provider.GetTracer("bench");
  constexpr double batch_ns = 1e6;
  exported = 0;
  std::uint64_t count = 1;
  std::uint64_t made = 1;
  while (timed(row, *tracer, count) < batch_ns && 2 * count * row.spans < queue_spans) {
    provider.ForceFlush();
    count *= 2;
    made += count;
  }
  provider.ForceFlush();
  std::vector<double> batches;
  Allocated total;
  double used_ns = 0;
  const double process_before_ns = cpu_ns(CLOCK_PROCESS_CPUTIME_ID);
  while (used_ns < ms * 1e6) {
    const Allocated before = allocated;
    const double ns = timed(row, *tracer, count);
    total.calls += allocated.calls - before.calls;
    total.bytes += allocated.bytes - before.bytes;
    used_ns += ns;
    batches.push_back(ns / static_cast<double>(count * row.per));
    made += count;
    provider.ForceFlush();
  }
  const double process_ns = cpu_ns(CLOCK_PROCESS_CPUTIME_ID) - process_before_ns;
  if (exported != made * row.spans) {
    std::fprintf(stderr, "bench: %s: not every span was exported\n", row.name);
    std::exit(2);
  }
  std::nth_element(batches.begin(), batches.begin() + static_cast<std::ptrdiff_t>(batches.size() / 2),
                   batches.end());
  const auto operations = static_cast<double>(batches.size() * count * row.per);
  std::printf("{\"name\": \"%s/otel_cpp\", \"value\": %f, \"allocs\": %f, \"bytes\": %f}\n", row.name,
              batches[batches.size() / 2], static_cast<double>(total.calls) / operations,
              static_cast<double>(total.bytes) / operations);
  std::printf("{\"name\": \"%s_all/otel_cpp\", \"value\": %f}\n", row.name, process_ns / operations);
}

bool is_wanted(const std::string& wanted, const std::string& name) {
  const std::string list = "|" + wanted + "|";
  return list.find("|" + name + "|") != std::string::npos ||
         list.find("|" + name + "_all|") != std::string::npos;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: bench ROWS MS\n");
    return 2;
  }
  sdk::BatchSpanProcessorOptions options;
  options.max_queue_size = 2 * queue_spans;
  auto processor = std::make_unique<sdk::BatchSpanProcessor>(std::make_unique<Counter>(), options);
  sdk::TracerProvider provider{std::move(processor)};
  for (const Row& row : rows) {
    if (is_wanted(argv[1], row.name)) measure(row, provider, std::strtod(argv[2], nullptr));
  }
}

// SPDX-License-Identifier: Apache-2.0
// Threads that finish spans at once, into one Tracing of one budget, while a reporter takes them out: what a
// span costs each of them, in processor time of that thread. They pause off the clock while the ring is
// rather full, so that no span is refused: a refusal is cheap.
#include <edgespan/reporter.hpp>

#include "bench/measure.hpp"

#include <ctime>

#include <atomic>
#include <barrier>
#include <chrono>
#include <numeric>
#include <thread>
#include <vector>

namespace {

using namespace edgespan;
using namespace edgespan::bench;

constexpr std::uint32_t burst_spans = 250;
constexpr std::uint32_t spans_each = 25'000;
constexpr std::uint32_t runs = 10;
constexpr std::uint64_t waiting_most = 5'000;  // of 7,100 that fit; the reporter is woken by 3,600

// Takes every batch and counts the spans in it: what it got must be what the books say.
struct Collector {
  std::atomic<std::uint64_t> spans{0};

  static SendResult offer(void* self, std::span<const std::byte> batch, std::uint64_t) {
    std::uint64_t found = 0;
    for (std::size_t at = 0; at < batch.size(); ++found) {
      const auto low = static_cast<std::size_t>(batch[at + 1]);
      at += low < 0x80 ? 2 + low : 3 + (low & 0x7F) + (static_cast<std::size_t>(batch[at + 2]) << 7);
    }
    static_cast<Collector*>(self)->spans.fetch_add(found, std::memory_order_release);
    return {.outcome = Outcome::delivered};
  }
  static void cancel(void*) {}
  Sender sender() noexcept { return {this, offer, cancel}; }
};

double thread_ns() noexcept {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

class Program {
 public:
  Program() {
    must(agent_.port.init(), "Port::init");
    must(reporter_.init(agent_.tracing, collector_.sender()) == Status::ok &&
             reporter_.start(agent_.port.worker()) == Status::ok,
         "Reporter::start");
  }
  ~Program() { (void)reporter_.stop(1'000); }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  // What one thread does; returns the nanoseconds of processor time that it took.
  double finish_spans() {
    double took_ns = 0;
    const std::uint64_t allocated = allocations_of_this_thread().ours;
    for (std::uint32_t i = 0; i < spans_each; i += burst_spans) {
      begun_.fetch_add(burst_spans, std::memory_order_relaxed);
      while (begun_.load(std::memory_order_relaxed) > collector_.spans + waiting_most) {
        std::this_thread::sleep_for(std::chrono::microseconds{20});
      }
      const double begun_ns = thread_ns();
      for (std::uint32_t k = 0; k < burst_spans; ++k) one_span(agent_.tracing);
      took_ns += thread_ns() - begun_ns;
    }
    allocations_ += allocations_of_this_thread().ours - allocated;
    return took_ns;
  }

  // No span is lost, and none is unknown.
  void check() {
    must(reporter_.flush(10'000) == Status::ok, "Reporter::flush");
    const Books books = agent_.tracing.books();
    must(books.balanced() && books.finished == begun_ && books.delivered == begun_ && books.texts_cut == 0 &&
             collector_.spans == begun_,
         "the books of threads");
  }
  double allocations() const noexcept { return static_cast<double>(allocations_); }

 private:
  Agent<Limits{.ring_bytes = 1'048'576, .batch_bytes = 16'384}> agent_;
  Collector collector_;
  Reporter reporter_;
  std::atomic<std::uint64_t> begun_{0};
  std::atomic<std::uint64_t> allocations_{0};
};

// Lets a thread go for each program, all at once; returns the seconds of processor time that they took on
// average.
double run(const std::vector<Program*>& programs) {
  const std::size_t count = programs.size();
  std::barrier start{static_cast<std::ptrdiff_t>(count)};
  std::vector<double> took_ns(count);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < count; ++i) {
    threads.emplace_back([&start, &took = took_ns[i], program = programs[i]] {
      start.arrive_and_wait();
      took = program->finish_spans();
    });
  }
  for (std::thread& thread : threads) thread.join();
  return std::accumulate(took_ns.begin(), took_ns.end(), 0.0) / static_cast<double>(count) / 1e9;
}

// `apart`: every thread has a program of its own, so that what two of them share is the machine alone.
void threads(benchmark::State& state, std::size_t count, bool apart) {
  std::vector<Program> programs(apart ? count : 1);
  std::vector<Program*> of_threads;
  for (std::size_t i = 0; i < count; ++i) of_threads.push_back(&programs[apart ? i : 0]);
  run(of_threads);  // every thread's first touch of the ring
  while (state.KeepRunningBatch(spans_each)) state.SetIterationTime(run(of_threads));
  double allocations = 0;
  for (Program& program : programs) {
    program.check();
    allocations += program.allocations();
  }
  state.counters["allocs"] = benchmark::Counter(allocations, benchmark::Counter::kAvgIterations);
}

void together(benchmark::State& state, std::size_t count) { threads(state, count, false); }
void apart(benchmark::State& state, std::size_t count) { threads(state, count, true); }

BENCHMARK_CAPTURE(together, 1, 1)->Name("threads_1/edgespan")->UseManualTime()->Iterations(runs* spans_each);
BENCHMARK_CAPTURE(together, 2, 2)->Name("threads_2/edgespan")->UseManualTime()->Iterations(runs* spans_each);
BENCHMARK_CAPTURE(apart, 2, 2)->Name("threads_2/floor")->UseManualTime()->Iterations(runs* spans_each);
BENCHMARK_CAPTURE(together, 4, 4)->Name("threads_4/edgespan")->UseManualTime()->Iterations(runs* spans_each);
BENCHMARK_CAPTURE(apart, 4, 4)->Name("threads_4/floor")->UseManualTime()->Iterations(runs* spans_each);

}  // namespace

// SPDX-License-Identifier: Apache-2.0
#include "cli/demo/demo_command.hpp"

#include "cli/demo/demo_broker.hpp"
#include "cli/demo/demo_collector.hpp"
#include "cli/demo/demo_consumer.hpp"
#include "cli/demo/demo_gateway.hpp"
#include "cli/io/tool_errors.hpp"
#include "cli/spans/tree_lines.hpp"
#include "cli/tracing/books_line.hpp"

#include <cstdlib>
#include <iostream>
#include <memory>
#include <string_view>

#include <unistd.h>

namespace edgespan::cli {
namespace {

constexpr std::uint32_t flush_ms = 5'000;

bool wants_colour(const std::ostream& out) {
  if (&out != &std::cout || isatty(STDOUT_FILENO) == 0) return false;
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing in the tool changes its environment
  const char* no_colour = std::getenv("NO_COLOR");
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing in the tool changes its environment
  const char* terminal = std::getenv("TERM");
  const bool declined = no_colour != nullptr && *no_colour != '\0';
  return !declined && (terminal == nullptr || std::string_view{terminal} != "dumb");
}

// Zipkin shows a trace to people beside its API.
std::string trace_link(const std::string& zipkin_url, const std::string& trace_id) {
  SpanUrl url;
  if (!parse_span_url(zipkin_url, url).empty()) return {};
  return (url.kind == SpanUrl::Kind::https ? "https://" : "http://") + host_and_port(url.host, url.port) +
         "/zipkin/traces/" + trace_id;
}

void add(Books& sum, const Books& books) {
  sum.finished += books.finished;
  sum.delivered += books.delivered;
  for (std::size_t i = 0; i < drop_reasons; ++i) sum.dropped[i] += books.dropped[i];
  sum.in_ring += books.in_ring;
  sum.in_batch += books.in_batch;
  sum.retries += books.retries;
  sum.expired += books.expired;
  sum.inflight_full += books.inflight_full;
  sum.texts_cut += books.texts_cut;
  sum.scopes_refused += books.scopes_refused;
  sum.headers_failed += books.headers_failed;
  sum.roots_unshared += books.roots_unshared;
  sum.faults += books.faults;
}

// A scene with its services. All services of all scenes start before the first scene begins, because joining
// a consumer group takes a second or more.
struct Cast {
  Cast(const DemoWorld& world, const Scene& played) : scene{played}, gateway{world, played} {
    for (const SceneConsumer& role : played.consumers) {
      consumers.push_back(std::make_unique<DemoConsumer>(world, played, role));
    }
  }
  const Scene& scene;
  DemoGateway gateway;
  std::vector<std::unique_ptr<DemoConsumer>> consumers;
};

class Demo {
 public:
  Demo(const DemoOptions& options, std::ostream& out);
  void play();
  void close();

 private:
  void play_scene(Cast& cast, std::size_t number);
  void flush(ToolAgent& agent) const;

  const DemoOptions& options_;
  CheckedOutput out_;
  TreeStyle style_;
  DemoCollector collector_;
  DemoBroker broker_;
  std::vector<std::unique_ptr<Cast>> casts_;
  std::uint64_t spans_ = 0;
};

Demo::Demo(const DemoOptions& options, std::ostream& out)
    : options_{options}, out_{out}, style_{wants_colour(out)}, collector_{options.zipkin} {
  const DemoWorld world{broker_.brokers(), collector_.url()};
  out_.line("broker " + world.brokers + " and collector " + world.collector_url +
            ", both inside this process");
  out_.flush();
  for (const Scene& scene : demo_scenes()) broker_.create_topic(scene.topic);
  for (const Scene& scene : demo_scenes()) casts_.push_back(std::make_unique<Cast>(world, scene));
  for (const auto& cast : casts_) {
    for (const auto& consumer : cast->consumers) consumer->wait_until_ready();
  }
}

void Demo::play() {
  for (std::size_t i = 0; i < casts_.size(); ++i) play_scene(*casts_[i], i + 1);
}

void Demo::flush(ToolAgent& agent) const {
  if (agent.flush(flush_ms) == Status::ok) return;
  std::string problem = collector_.first_refusal();
  if (problem.empty()) problem = agent.delivery_problem();
  throw RunError{agent.service() + ": its spans did not reach the collector within " +
                 std::to_string(flush_ms / 1'000) + " s; " + problem};
}

void Demo::play_scene(Cast& cast, std::size_t number) {
  const std::string name = "scene " + std::to_string(number);
  out_.line("");
  out_.line(name + ": " + cast.scene.title);
  cast.gateway.send(out_);
  for (const auto& consumer : cast.consumers) consumer->receive(out_);
  flush(cast.gateway.agent());
  for (const auto& consumer : cast.consumers) flush(consumer->agent());
  if (const std::string refusal = collector_.first_refusal(); !refusal.empty())
    throw RunError{name + ": " + refusal};

  const std::vector<CollectedSpan> spans = collector_.take();
  spans_ += spans.size();
  for (const std::string& line : tree_lines(spans, style_)) out_.line(line);
  if (!options_.zipkin.url.empty() && !spans.empty()) {
    out_.line("see " + trace_link(options_.zipkin.url, spans.front().trace_id));
  }
  out_.flush();
  const std::string difference = trace_difference(expected_trace(cast.scene), spans);
  if (!difference.empty()) throw RunError{name + " did not leave the expected trace: " + difference};
}

void Demo::close() {
  Books sum;
  for (const auto& cast : casts_) {
    add(sum, cast->gateway.stop());
    for (const auto& consumer : cast->consumers) add(sum, consumer->stop());
  }
  out_.line("");
  out_.line(books_line(sum));
  if (!all_delivered(sum)) throw RunError{"the books of the demo show a loss: " + collector_.first_refusal()};
  if (sum.finished != spans_ || !collector_.take().empty()) {
    throw RunError{"the collector has not received as many spans as the agents have finished"};
  }
  out_.line(std::to_string(spans_) + " spans in " + std::to_string(collector_.posts()) + " posts, " +
            std::to_string(collector_.bytes()) + " bytes: all delivered");
  out_.flush();
}

}  // namespace

int run_demo(const DemoOptions& options, std::ostream& out) {
  Demo demo{options, out};
  demo.play();
  demo.close();
  return exit_done;
}

}  // namespace edgespan::cli

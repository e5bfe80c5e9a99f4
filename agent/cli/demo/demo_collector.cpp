// SPDX-License-Identifier: Apache-2.0
#include "cli/demo/demo_collector.hpp"

#include "cli/demo/zipkin_forwarder.hpp"
#include "cli/io/tool_errors.hpp"

#include <httplib.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <mutex>
#include <thread>
#include <utility>

namespace edgespan::cli {
namespace {

constexpr const char* spans_path = "/api/v2/spans";
constexpr const char* protobuf = "application/x-protobuf";

}  // namespace

class DemoCollector::State {
 public:
  explicit State(const SenderOptions& zipkin) {
    if (zipkin.url.empty()) {
      check_tls_files(zipkin.tls, {});
    } else {
      forwarder_ = std::make_unique<ZipkinForwarder>(zipkin);
    }
  }
  ~State() {
    server_.stop();
    if (thread_.joinable()) thread_.join();
  }

  int start();
  std::vector<CollectedSpan> take() {
    const std::lock_guard lock{mutex_};
    return std::exchange(spans_, {});
  }
  std::uint64_t posts() const { return locked(posts_); }
  std::uint64_t bytes() const { return locked(bytes_); }
  std::string first_refusal() const { return locked(first_refusal_); }

 private:
  template <typename T>
  T locked(const T& value) const {
    const std::lock_guard lock{mutex_};
    return value;
  }
  void receive(const httplib::Request& request, httplib::Response& response);
  void refuse(httplib::Response& response, int status, const std::string& error);

  std::unique_ptr<ZipkinForwarder> forwarder_;
  mutable std::mutex mutex_;
  std::vector<CollectedSpan> spans_;
  std::uint64_t posts_ = 0;
  std::uint64_t bytes_ = 0;
  std::string first_refusal_;
  httplib::Server server_;
  std::thread thread_;
};

int DemoCollector::State::start() {
  server_.set_keep_alive_timeout(1);  // stop() waits so long for an idle connection
  server_.Post(spans_path, [this](const httplib::Request& request, httplib::Response& response) {
    receive(request, response);
  });
  const int port = server_.bind_to_any_port("127.0.0.1");
  if (port <= 0)
    throw RunError{"the demo's collector gets no port on 127.0.0.1: check that the loopback interface is up"};
  thread_ = std::thread{[this] { server_.listen_after_bind(); }};
  // stop() has no effect on a server that does not run yet.
  while (!server_.is_running()) std::this_thread::sleep_for(std::chrono::milliseconds{1});
  return port;
}

void DemoCollector::State::refuse(httplib::Response& response, int status, const std::string& error) {
  response.status = status;
  response.set_content(error, "text/plain");
  const std::lock_guard lock{mutex_};
  if (first_refusal_.empty()) first_refusal_ = error;
}

void DemoCollector::State::receive(const httplib::Request& request, httplib::Response& response) {
  if (request.get_header_value("Content-Type") != protobuf) {
    return refuse(response, 400, std::string{"a post must be "} + protobuf);
  }
  std::vector<CollectedSpan> spans;
  std::string error;
  if (!decode_spans(request.body, spans, error)) return refuse(response, 400, error);
  if (forwarder_) {
    const unsigned status = forwarder_->post(request.body, error);
    if (status / 100 != 2) return refuse(response, static_cast<int>(status), error);
  }
  response.status = 202;
  const std::lock_guard lock{mutex_};
  std::ranges::move(spans, std::back_inserter(spans_));
  ++posts_;
  bytes_ += request.body.size();
}

DemoCollector::DemoCollector(const SenderOptions& zipkin) : state_{std::make_unique<State>(zipkin)} {
  url_ = "http://127.0.0.1:" + std::to_string(state_->start()) + spans_path;
}

DemoCollector::~DemoCollector() = default;

std::vector<CollectedSpan> DemoCollector::take() { return state_->take(); }
std::uint64_t DemoCollector::posts() const { return state_->posts(); }
std::uint64_t DemoCollector::bytes() const { return state_->bytes(); }
std::string DemoCollector::first_refusal() const { return state_->first_refusal(); }

}  // namespace edgespan::cli

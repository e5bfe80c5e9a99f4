// SPDX-License-Identifier: Apache-2.0
// From HttpSender to a collector in a process of its own: TLS over the POSIX stream.
#include <edgespan/http_sender.hpp>
#include <edgespan/mbedtls.hpp>
#include <edgespan/posix.hpp>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "certificates.hpp"
#include "tests/support/test.hpp"

namespace {

using namespace edgespan;
using test::Identity;
using test::issue;
using test::Key;

// server.py, until the end of the object.
class Collector {
 public:
  Collector(const std::vector<Identity>& chain, const std::string& client_roots) {
    std::string chain_pem;
    for (const Identity& identity : chain) chain_pem += identity.pem();
    write("chain.pem", chain_pem);
    write("key.pem", chain.at(0).key_pem());
    if (!client_roots.empty()) write("client_roots.pem", client_roots);
    std::array<int, 2> in{};
    std::array<int, 2> out{};
    REQUIRE((pipe(in.data()) == 0 && pipe(out.data()) == 0));
    child_ = fork();
    if (child_ == 0) {
      dup2(in[0], STDIN_FILENO);
      dup2(out[1], STDOUT_FILENO);
      for (const int descriptor : {in[0], in[1], out[0], out[1]}) ::close(descriptor);
      execl(EDGESPAN_TLS_PYTHON, "python3", EDGESPAN_TLS_SERVER, folder_.c_str(), nullptr);
      _exit(127);
    }
    ::close(in[0]);
    ::close(out[1]);
    input_ = in[1];
    output_ = fdopen(out[0], "r");
    REQUIRE(child_ > 0);
    port_ = line();
    REQUIRE_FALSE(port_.empty());
  }
  Collector(const Collector&) = delete;
  Collector& operator=(const Collector&) = delete;
  ~Collector() {
    ::close(input_);
    if (child_ > 0) {
      kill(child_, SIGTERM);
      waitpid(child_, nullptr, 0);
    }
    std::fclose(output_);
    std::filesystem::remove_all(folder_);
  }

  std::string url(const std::string& name = "localhost") const { return "https://" + name + ":" + port_; }
  // What it says of the next request; waits for it.
  std::string line() {
    std::array<char, 256> text{};
    if (std::fgets(text.data(), static_cast<int>(text.size()), output_) == nullptr) return "";
    std::string line = text.data();
    line.pop_back();
    return line;
  }

 private:
  static std::string new_folder() {
    std::string pattern = std::filesystem::temp_directory_path() / "edgespan-tls-XXXXXX";
    REQUIRE(mkdtemp(pattern.data()) != nullptr);
    return pattern;
  }
  void write(const char* name, const std::string& text) { std::ofstream(folder_ + "/" + name) << text; }

  std::string folder_ = new_folder();
  std::string port_;
  pid_t child_ = -1;
  int input_ = -1;
  std::FILE* output_ = nullptr;
};

struct Site {
  std::int64_t now_s = std::time(nullptr);
  Identity root;
  std::vector<Identity> chain;

  explicit Site(Key key = Key::p256, const std::string& names = "DNS:localhost,IP:127.0.0.1") {
    root = made({.key = key, .name = "root", .names = "", .authority = true, .usage = ""}, nullptr);
    const Identity between =
        made({.key = key, .name = "between", .names = "", .authority = true, .usage = ""}, &root);
    chain = {made({.key = key, .names = names}, &between), between};
  }
  Identity made(test::Wanted wanted, const Identity* issuer) const {
    wanted.from_s = now_s - test::day_s;
    wanted.until_s = now_s + test::day_s;
    return issue(wanted, issuer);
  }
};

class Agent {
 public:
  Agent(const std::string& url, const Identity& root, const Identity* own = nullptr)
      : root_(root.pem()),
        own_(own != nullptr ? own->pem() : ""),
        key_(own != nullptr ? own->key_pem() : ""),
        arena_(mbedtls::arena_bytes + (own != nullptr ? 4096 : 0)) {
    mbedtls::Config config{.roots = mbedtls::pem(root_)};
    if (own != nullptr) {
      config.certificate = mbedtls::pem(own_);
      config.key = mbedtls::pem(key_);
    }
    REQUIRE(port_.init());
    REQUIRE(tls.init(arena_, port_.stream(), port_.clock(), config) == mbedtls::Result::ok);
    REQUIRE(http_.init(tls.stream(), url) == Status::ok);
    sender_ = http_.sender();
  }

  SendResult offer(const std::string& batch) {
    const auto bytes = std::as_bytes(std::span(batch));
    SendResult result;
    do {
      result = sender_.offer(sender_.ctx, bytes, port_.clock().mono_us(port_.clock().ctx));
      port_.clock().pause(nullptr, 200);
    } while (result.state == SendState::pending);
    return result;
  }
  void disconnect() { sender_.abandon(sender_.ctx); }

 private:
  std::string root_, own_, key_;
  std::vector<std::byte> arena_;
  posix::Port port_;

 public:
  mbedtls::Tls tls;

 private:
  HttpSender http_;
  Sender sender_;
};

EDGESPAN_TEST(batches_reach_an_https_collector_and_the_second_connection_is_resumed, "tls") {
  for (const Key key : {Key::p256, Key::rsa2048}) {
    const Site site(key);
    Collector collector(site.chain, "");
    Agent agent(collector.url(), site.root);
    const std::string batch(60'000, 's');
    const auto post = [&](const char* handshake) {
      const SendResult result = agent.offer(batch);
      TEST_ASSERT_TRUE(result.state == SendState::delivered);
      TEST_ASSERT_EQUAL_INT(202, result.status);
      const std::string line = collector.line();
      TEST_MESSAGE(line);
      TEST_ASSERT_TRUE(line.starts_with("TLSv1.") && line.ends_with(" - 60000"));
      TEST_ASSERT_TRUE(line.find(handshake) != line.npos);
    };
    post("full");
    post("full");  // on the same connection
    agent.disconnect();
    post("resumed");
    TEST_ASSERT_EQUAL_UINT32(2, agent.tls.counters().handshakes);
    TEST_ASSERT_EQUAL_UINT32(1, agent.tls.counters().resumed);
  }
}

EDGESPAN_TEST(a_collector_may_ask_for_the_gateways_certificate, "tls") {
  const Site site;
  const Identity own = site.made({.name = "gateway-7", .names = "", .usage = "clientAuth"}, &site.root);
  Collector collector(site.chain, site.root.pem());
  Agent agent(collector.url("127.0.0.1"), site.root, &own);
  TEST_ASSERT_TRUE(agent.offer("spans").state == SendState::delivered);
  TEST_ASSERT_TRUE(collector.line().find(" gateway-7 5") != std::string::npos);
}

EDGESPAN_TEST(no_span_goes_to_a_collector_that_is_not_believed, "tls") {
  const Site site;
  const Site other(Key::p256, "DNS:zipkin.example");
  struct Case {
    const Site& server;
    const Identity& root;
    int error;
  };
  for (const Case& each : {Case{site, other.root, EDGESPAN_STREAM_UNKNOWN_ROOT},
                           Case{other, other.root, EDGESPAN_STREAM_WRONG_HOST}}) {
    const Collector collector(each.server.chain, "");
    Agent agent(collector.url(), each.root);
    const SendResult result = agent.offer("spans");
    TEST_ASSERT_TRUE(result.state == SendState::retry);
    TEST_ASSERT_EQUAL_INT(each.error, agent.tls.report().error);
  }
}

}  // namespace

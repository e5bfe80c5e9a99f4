// SPDX-License-Identifier: Apache-2.0
// The tool over https: spans and the demo arrive, and the doctor tells each fault of a certificate or a
// clock.
#include "https_collector.hpp"

#include "cli/doctor/doctor_command.hpp"
#include "cli/io/tool_errors.hpp"
#include "cli/tool.hpp"
#include "tests/support/loopback_server.hpp"
#include "tests/support/mock_kafka.hpp"
#include "tests/support/variable.hpp"

#include <edgespan/posix_port.hpp>

#include <sstream>
#include <string>
#include <vector>

namespace {

using namespace edgespan;
using test::HttpsCollector;
using test::Identity;
using test::LoopbackServer;
using test::MockCluster;
using test::Site;

struct Outcome {
  int code = -1;
  std::string out;
  std::string err;
};

Outcome told(int code, const std::ostringstream& out, const std::ostringstream& err) {
  TEST_MESSAGE(out.str() + err.str());
  return {code, out.str(), err.str()};
}

Outcome run_tool(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "edgespan");
  std::vector<const char*> argv;
  for (const std::string& argument : arguments) argv.push_back(argument.c_str());
  std::istringstream in;
  std::ostringstream out, err;
  const int code = cli::run(static_cast<int>(argv.size()), argv.data(), {in, -1, out, err});
  return told(code, out, err);
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }

// A file with that content, until the end of the object.
class File {
 public:
  explicit File(const std::string& content) {
    const int descriptor = mkstemp(name_.data());
    TEST_ASSERT_GREATER_OR_EQUAL(0, descriptor);
    TEST_ASSERT_EQUAL(static_cast<ssize_t>(content.size()),
                      write(descriptor, content.data(), content.size()));
    close(descriptor);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() { unlink(name_.c_str()); }
  const std::string& name() const { return name_; }

 private:
  std::string name_ = "/tmp/edgespan-tool-XXXXXX";
};

EDGESPAN_TEST(produce_sends_its_spans_over_https, "tls") {
  const Site site;
  HttpsCollector collector(site.chain, "");
  const File root{site.root.pem()};
  const Outcome sent =
      run_tool({"produce", "-b", MockCluster::shared().brokers(), "-t", MockCluster::shared().topic(), "-n",
                "3", "--zipkin", collector.url(), "--ca", root.name()});
  TEST_ASSERT_EQUAL_INT(0, sent.code);
  TEST_ASSERT_TRUE(contains(sent.err, "books finished=3 delivered=3 dropped=0 ring=0 batch=0"));
  TEST_ASSERT_TRUE(collector.line().starts_with("TLSv1."));
}

EDGESPAN_TEST(produce_shows_a_certificate_of_its_own, "tls") {
  const Site site;
  const Identity own = site.made({.name = "gateway-7", .names = "", .usage = "clientAuth"}, &site.root);
  HttpsCollector collector(site.chain, site.root.pem());
  const File root{site.root.pem()}, certificate{own.pem()}, key{own.key_pem()};
  const std::vector<std::string> produce{"produce",
                                         "-b",
                                         MockCluster::shared().brokers(),
                                         "-t",
                                         MockCluster::shared().topic(),
                                         "-n",
                                         "1",
                                         "--zipkin",
                                         collector.url(),
                                         "--ca",
                                         root.name()};
  std::vector<std::string> with_certificate = produce;
  for (const std::string& more :
       {std::string{"--cert"}, certificate.name(), std::string{"--key"}, key.name()}) {
    with_certificate.push_back(more);
  }
  TEST_ASSERT_EQUAL_INT(0, run_tool(with_certificate).code);
  TEST_ASSERT_TRUE(contains(collector.line(), " gateway-7 "));
  const Outcome without = run_tool(produce);
  TEST_ASSERT_EQUAL_INT(1, without.code);
  TEST_ASSERT_TRUE(contains(without.err, "1 span was lost"));
  TEST_ASSERT_TRUE(contains(without.err, "no TLS session could be agreed on"));
}

EDGESPAN_TEST(demo_passes_its_traces_on_over_https, "tls") {
  const Site site;
  HttpsCollector collector(site.chain, "");
  const File root{site.root.pem()};
  const Outcome shown = run_tool({"demo", "--zipkin", collector.url(), "--ca", root.name()});
  TEST_ASSERT_EQUAL_INT(0, shown.code);
  TEST_ASSERT_TRUE(contains(shown.out, "see https://localhost:"));
  TEST_ASSERT_TRUE(contains(shown.out, "all delivered"));
  TEST_ASSERT_TRUE(collector.line().ends_with(" - 0"));  // the empty post of the start
  TEST_ASSERT_FALSE(collector.line().ends_with(" 0"));

  const Outcome foreign =
      run_tool({"demo", "--zipkin", collector.url(), "--ca", File{Site{}.root.pem()}.name()});
  TEST_ASSERT_EQUAL_INT(1, foreign.code);
  TEST_ASSERT_TRUE(contains(foreign.err, "none of the roots"));
  TEST_ASSERT_EQUAL_INT(2, run_tool({"demo", "--zipkin", collector.url()}).code);
}

// Date and time as a machine may have them: so many seconds from the right ones, or never set.
std::int64_t wrong_by_s = 0;
bool never_set = false;

std::int64_t machine_date_s() { return never_set ? 12 : std::time(nullptr) + wrong_by_s; }

Outcome doctor(const std::string& url, const Identity& root, double limit_s = 10,
               const Identity* own = nullptr) {
  const File ca{root.pem()};
  const File certificate{own != nullptr ? own->pem() : ""}, key{own != nullptr ? own->key_pem() : ""};
  posix::Port port;
  TEST_ASSERT_TRUE(port.init());
  cli::DoctorOptions options;
  options.sender.url = url;
  if (url.starts_with("https:")) options.sender.tls.ca = ca.name();
  if (own != nullptr) options.sender.tls = {ca.name(), certificate.name(), key.name()};
  options.limit_s = limit_s;
  cli::MachineClock clock{port.clock(), machine_date_s};
  clock.table.wall_us = [](void*) {
    return never_set ? 0 : static_cast<std::uint64_t>(machine_date_s()) * 1'000'000;
  };
  std::ostringstream out, err;
  const int code = cli::run_doctor(options, out, err, clock);
  return told(code, out, err);
}

void check_fails_at(const Outcome& found, const std::string& step, const std::string& words) {
  TEST_ASSERT_EQUAL_INT(1, found.code);
  const std::size_t at =
      found.out.rfind('\n', found.out.size() - 2) + 1;  // the last line; 0 if it is the only one
  TEST_ASSERT_TRUE(found.out.substr(at).starts_with(step + " "));
  TEST_ASSERT_TRUE(contains(found.out.substr(at), " FAILED "));
  TEST_ASSERT_TRUE(contains(found.out.substr(at) + found.err, words));
}

EDGESPAN_TEST(doctor_goes_all_the_way_over_https, "tls") {
  const Site site;
  const HttpsCollector collector(site.chain, "");
  const Outcome found = doctor(collector.url(), site.root);
  TEST_ASSERT_EQUAL_INT(0, found.code);
  for (const char* step :
       {"resolve", "connect", "handshake", "verify", "clock", "empty post", "round trip"}) {
    const std::size_t at = found.out.find(std::string{step} + " ");
    TEST_ASSERT_NOT_EQUAL(found.out.npos, at);
    TEST_ASSERT_TRUE(found.out.substr(at + 12).starts_with("ok "));
  }
}

EDGESPAN_TEST(doctor_tells_what_is_wrong_with_a_certificate, "tls") {
  const Site site;
  const HttpsCollector collector(site.chain, "");
  check_fails_at(doctor(collector.url(), Site{}.root), "verify", "leads to none of the roots");
  const Site other(test::Key::p256, "DNS:zipkin.example");
  check_fails_at(doctor(HttpsCollector(other.chain, "").url(), other.root), "verify", "is not for localhost");

  wrong_by_s = 2 * test::day_s;
  check_fails_at(doctor(collector.url(), site.root), "verify", "has expired, by this machine's clock: ");
  wrong_by_s = -2 * test::day_s;
  check_fails_at(doctor(collector.url(), site.root), "verify", "is not valid yet, by this machine's clock: ");
  wrong_by_s = 0;
}

EDGESPAN_TEST(doctor_tells_how_many_roots_of_a_bundle_it_cannot_read, "tls") {
  const Site site;
  const HttpsCollector collector(site.chain, "");
  const Identity old =
      site.made({.name = "old", .names = "", .authority = true, .usage = "", .sha1 = true}, nullptr);
  const File bundle{old.pem() + site.root.pem()};
  const Outcome good = run_tool({"doctor", collector.url(), "--ca", bundle.name()});
  TEST_ASSERT_EQUAL_INT(0, good.code);
  TEST_ASSERT_TRUE(contains(good.out, "1 of them is of a kind that this TLS cannot read, and is skipped"));
}

EDGESPAN_TEST(a_file_that_is_no_certificate_or_key_is_named, "tls") {
  const Site site;
  const HttpsCollector collector(site.chain, "");
  const File root{site.root.pem()}, der{site.root.der()}, nonsense{"no certificate"}, empty{""};
  const Identity own = site.made({.name = "gateway-7", .names = "", .usage = "clientAuth"}, &site.root);
  const File certificate{own.pem()}, foreign_key{site.root.key_pem()};
  TEST_ASSERT_EQUAL_INT(0, run_tool({"doctor", collector.url(), "--ca", der.name()}).code);
  for (const File* file : {&nonsense, &empty, &foreign_key}) {
    const Outcome refused = run_tool({"doctor", collector.url(), "--ca", file->name()});
    TEST_ASSERT_EQUAL_INT(2, refused.code);
    TEST_ASSERT_TRUE(contains(refused.err, "--ca '" + file->name() + "': "));
  }
  const Outcome key = run_tool({"doctor", collector.url(), "--ca", root.name(), "--cert", certificate.name(),
                                "--key", foreign_key.name()});
  TEST_ASSERT_EQUAL_INT(2, key.code);
  TEST_ASSERT_TRUE(contains(key.err, "--key '" + foreign_key.name() + "': "));
}

EDGESPAN_TEST(doctor_takes_the_files_that_settings_name_for_its_collector, "tls") {
  const Site site;
  const HttpsCollector collector(site.chain, site.root.pem());
  const Identity own = site.made({.name = "gateway-7", .names = "", .usage = "clientAuth"}, &site.root);
  const File root{site.root.pem()}, certificate{own.pem()}, key{own.key_pem()};
  const test::Variable ca{"EDGESPAN_TLS_CA", root.name()};
  const test::Variable with{"EDGESPAN_TLS_CERTIFICATE", certificate.name()};
  const test::Variable by{"EDGESPAN_TLS_KEY", key.name()};
  {
    const test::Variable url{"EDGESPAN_URL", collector.url()};
    TEST_ASSERT_EQUAL_INT(0, run_tool({"doctor", collector.url()}).code);
  }
  const test::Variable url{"EDGESPAN_URL", "https://127.0.0.1:1"};
  const Outcome others = run_tool({"doctor", collector.url()});
  TEST_ASSERT_EQUAL_INT(2, others.code);
  TEST_ASSERT_TRUE(contains(others.err, "--ca"));
}

EDGESPAN_TEST(doctor_tells_a_clock_that_was_never_set, "tls") {
  const Site site;
  const HttpsCollector collector(site.chain, "");
  never_set = true;
  const Outcome found = doctor(collector.url(), site.root);
  never_set = false;
  check_fails_at(found, "handshake", "its clock says 1970-01-01 00:00:12 UTC");
  // Set, but wrong by less than a certificate lives: the date of the server's answer tells.
  wrong_by_s = -3 * 3'600;
  const Outcome late = doctor(collector.url(), site.root);
  wrong_by_s = 0;
  TEST_ASSERT_EQUAL_INT(1, late.code);
  TEST_ASSERT_TRUE(contains(late.out, "3 h 0 min behind the server") ||
                   contains(late.out, "2 h 59 min behind the server"));
}

EDGESPAN_TEST(doctor_tells_http_from_https, "tls") {
  const Site site;
  const HttpsCollector collector(site.chain, "");
  std::string plain = collector.url();
  plain.erase(plain.find('s'), 1);
  const Outcome to_tls = doctor(plain, site.root, 3);
  check_fails_at(to_tls, "empty post", "https://");
  LoopbackServer::Behaviour http;
  http.answers_first_byte = true;
  http.reply = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n";
  const LoopbackServer server{http};
  check_fails_at(doctor("https" + server.url().substr(4), site.root), "handshake",
                 "speaks plain HTTP on this port");
  http.reply = "SSH-2.0-OpenSSH_9.2\r\n";
  check_fails_at(doctor("https" + LoopbackServer{http}.url().substr(4), site.root), "handshake",
                 "does not speak TLS");
  LoopbackServer::Behaviour silent;
  silent.reads = false;
  check_fails_at(doctor("https" + LoopbackServer{silent}.url().substr(4), site.root, 0.2), "handshake",
                 "does not go on with the handshake");
}

EDGESPAN_TEST(doctor_tells_that_the_server_asks_for_a_certificate, "tls") {
  const Site site;
  const HttpsCollector collector(site.chain, site.root.pem());
  // A server of TLS 1.3 judges a client that has ended its handshake already, and has an alert for this.
  check_fails_at(doctor(collector.url(), site.root), EDGESPAN_TLS13 ? "empty post" : "handshake",
                 EDGESPAN_TLS13 ? "the server asks for a certificate of this machine"
                                : "the server wants a certificate of this machine (--cert, --key)");
  const test::Wanted client{.name = "gateway-7", .names = "", .usage = "clientAuth"};
  const Identity stranger = site.made(client, nullptr);
  const Outcome refused = doctor(collector.url(), site.root, 10, &stranger);
  TEST_ASSERT_EQUAL_INT(1, refused.code);
  TEST_ASSERT_TRUE(contains(refused.err, "does not take this machine's certificate"));
  const Identity own = site.made(client, &site.root);
  TEST_ASSERT_EQUAL_INT(0, doctor(collector.url(), site.root, 10, &own).code);
}

}  // namespace

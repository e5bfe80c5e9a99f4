// SPDX-License-Identifier: Apache-2.0
// A collector that speaks HTTPS, in a process of its own, and the certificates that it shows.
#pragma once

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "certificates.hpp"
#include "tests/support/test.hpp"

namespace edgespan::test {

// server.py, until the end of the object.
class HttpsCollector {
 public:
  HttpsCollector(const std::vector<Identity>& chain, const std::string& client_roots) {
    std::string chain_pem;
    for (const Identity& identity : chain) chain_pem += identity.pem();
    write("chain.pem", chain_pem);
    write("key.pem", chain.at(0).key_pem());
    if (!client_roots.empty()) write("client_roots.pem", client_roots);
    std::array<int, 2> in{};
    std::array<int, 2> out{};
    TEST_ASSERT_TRUE(pipe(in.data()) == 0 && pipe(out.data()) == 0);
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
    TEST_ASSERT_GREATER_THAN(0, child_);
    port_ = line();
    TEST_ASSERT_FALSE(port_.empty());
  }
  HttpsCollector(const HttpsCollector&) = delete;
  HttpsCollector& operator=(const HttpsCollector&) = delete;
  ~HttpsCollector() {
    end();
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
  // Ends it. line() then gives what it had said before, and in the end nothing.
  void end() {
    if (child_ <= 0) return;
    ::close(input_);
    kill(child_, SIGTERM);
    waitpid(child_, nullptr, 0);
    child_ = -1;
  }

 private:
  static std::string new_folder() {
    std::string pattern = std::filesystem::temp_directory_path() / "edgespan-tls-XXXXXX";
    TEST_ASSERT_NOT_NULL(mkdtemp(pattern.data()));
    return pattern;
  }
  void write(const char* name, const std::string& text) { std::ofstream(folder_ + "/" + name) << text; }

  std::string folder_ = new_folder();
  std::string port_;
  pid_t child_ = -1;
  int input_ = -1;
  std::FILE* output_ = nullptr;
};

// A collector's certificates: its own, one between, and the root; valid from a day ago until a day from now.
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
  Identity made(Wanted wanted, const Identity* issuer) const {
    wanted.from_s = now_s - day_s;
    wanted.until_s = now_s + day_s;
    return issue(wanted, issuer);
  }
};

}  // namespace edgespan::test

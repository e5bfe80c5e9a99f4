// SPDX-License-Identifier: Apache-2.0
#include "cli/attach/program_diagnosis.hpp"

#include "cli/attach/elf_file.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string_view>
#include <vector>

namespace edgespan::cli {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> split(const char* text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream{text != nullptr ? text : ""};
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
  return parts;
}

bool can_run(const std::string& path) {
  std::error_code error;
  return fs::is_regular_file(path, error) && access(path.c_str(), X_OK) == 0;
}

std::string find_program(const std::string& name) {
  if (name.find('/') != std::string::npos) return can_run(name) ? fs::absolute(name).string() : "";
  // NOLINTNEXTLINE(concurrency-mt-unsafe): the tool has one thread here
  for (std::string& path : split(std::getenv("PATH"), ':')) {
    path.append("/").append(name);
    if (can_run(path)) return std::move(path);
  }
  return {};
}

// The interpreter that a script names in its first line; empty if the file is no script.
std::string interpreter_of(const std::string& path) {
  std::ifstream file{path};
  std::string line;
  std::getline(file, line);
  if (!line.starts_with("#!")) return {};
  std::istringstream words{line.substr(2)};
  std::string first, second;
  words >> first >> second;
  return first.ends_with("/env") && !second.starts_with('-') ? second : first;
}

std::string find_library(const std::string& name, const std::vector<std::string>& own_folders) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): the tool has one thread here
  std::vector<std::string> folders = split(std::getenv("LD_LIBRARY_PATH"), ':');
  folders.insert(folders.end(), own_folders.begin(), own_folders.end());
  std::error_code error;
  for (const char* const root : {"/lib", "/usr/lib", "/lib64", "/usr/lib64", "/usr/local/lib"}) {
    folders.emplace_back(root);
    for (const auto& entry : fs::directory_iterator{root, error}) {
      if (entry.path().filename().string().find("-linux-") != std::string::npos)
        folders.push_back(entry.path());
    }
  }
  for (std::string& path : folders) {
    path.append("/").append(name);
    if (fs::is_regular_file(path, error)) return std::move(path);
  }
  return {};
}

// The file of librdkafka among the libraries that a file needs, and those need; empty if there is none.
// NOLINTNEXTLINE(misc-no-recursion): as deep as libraries need one another, each once
std::string find_rdkafka(const ElfFile& file, std::set<std::string>& seen) {
  for (const std::string& name : file.needed) {
    if (!seen.insert(name).second) continue;
    std::string path = find_library(name, file.folders);
    if (name.find("rdkafka") != std::string::npos && name.find("rdkafka++") == std::string::npos) {
      return path.empty() ? name : path;
    }
    const auto library = path.empty() ? std::nullopt : read_elf(path);
    if (!library) continue;
    if (library->contains_rdkafka) return path;
    if (std::string found = find_rdkafka(*library, seen); !found.empty()) return found;
  }
  return {};
}

constexpr const char* by_configuration =
    "by its own configuration: plugin.library.paths=edgespan-rdkafka; no preload comes before it";

void judge_contained(const ElfFile& file, ProgramDiagnosis& out) {
  out.librdkafka = out.program;
  out.rdkafka = {true, "is a part of the program"};
  if (!file.dynamic) {
    out.reached = {false, "a static program loads no plugin", "link it dynamically"};
  } else if (!file.shows_rdkafka) {
    out.reached = {false, "the program is stripped, and shows no function of librdkafka",
                   "link it with -rdynamic (Go: -extldflags=-rdynamic, Rust: -C link-arg=-rdynamic)"};
  } else {
    out.way = ProgramDiagnosis::Way::configuration;
    out.reached = {true, by_configuration};
  }
}

// Programs whose modules for Kafka no preload comes before: PHP keeps its extensions to themselves; those of
// Ruby and .NET look librdkafka's functions up by dlsym().
bool is_deaf_interpreter(const std::string& program) {
  const std::string name = fs::path{program}.filename().string();
  return name.starts_with("php") || name.starts_with("ruby") || name == "dotnet";
}

bool is_privileged(const std::string& program) {
  struct stat about {};
  return stat(program.c_str(), &about) == 0 && (about.st_mode & (S_ISUID | S_ISGID)) != 0;
}

void judge(const ElfFile& file, ProgramDiagnosis& out) {
  if (file.contains_rdkafka) return judge_contained(file, out);
  std::set<std::string> seen;
  out.librdkafka = find_rdkafka(file, seen);
  if (!out.librdkafka.empty()) {
    out.rdkafka = {true, out.librdkafka};
  } else if (file.dynamic && file.looks_rdkafka_up) {
    out.rdkafka = {true, "one that the program opens itself, by dlopen()"};
  } else if (file.dynamic) {
    out.rdkafka = {true, "none that its file names; it may open one later, as Python, PHP and Node do"};
  } else {
    out.rdkafka = {false, "none, and a static program opens none",
                   "look for the program that talks to Kafka"};
    out.reached = {false, "there is nothing to trace", "look for the program that talks to Kafka"};
    return;
  }
  const bool looked_up = file.looks_rdkafka_up && out.librdkafka.empty();
  if (is_privileged(out.program) || is_deaf_interpreter(out.program) || looked_up) {
    out.way = ProgramDiagnosis::Way::configuration;
    out.reached = {true, by_configuration};
    return;
  }
  out.way = ProgramDiagnosis::Way::preload;
  out.reached = {true, "by edgespan attach, and by plugin.library.paths=edgespan-rdkafka"};
}

}  // namespace

ProgramDiagnosis diagnose_program(const std::string& name) {
  ProgramDiagnosis out;
  std::string path = find_program(name);
  if (path.empty()) {
    out.found = {false, "no such program: " + name, "give its path, or a name that the shell finds"};
    return out;
  }
  out.found = {true, path};
  if (const std::string interpreter = interpreter_of(path); !interpreter.empty()) {
    path = find_program(interpreter);
    out.found.text += ", a script of " + interpreter;
    if (path.empty()) {
      out.found = {false, out.found.text + ", which is not there", "install it"};
      return out;
    }
  }
  out.program = path;
  const auto file = read_elf(path);
  if (!file) {
    out.found = {false, path + " is no program of this machine", "give the program itself"};
    return out;
  }
  judge(*file, out);
  return out;
}

}  // namespace edgespan::cli

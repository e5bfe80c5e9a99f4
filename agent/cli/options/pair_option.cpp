// SPDX-License-Identifier: Apache-2.0
#include "cli/options/pair_option.hpp"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <CLI/Validators.hpp>

namespace edgespan::cli {

CLI::Option* add_pair_option(CLI::App& app, const std::string& name,
                             std::vector<std::pair<std::string, std::string>>& out, const std::string& help,
                             const std::string& shown) {
  const auto take = [&out](const std::vector<std::string>& texts) {
    out.clear();
    for (const std::string& text : texts) {
      const std::size_t equals = text.find('=');
      out.emplace_back(text.substr(0, equals), text.substr(equals + 1));
    }
    return true;
  };
  const auto check = [](std::string& text) -> std::string {
    const std::size_t equals = text.find('=');
    if (equals != text.npos && equals > 0) return {};
    return "'" + text + "' is not name=value";
  };
  return app.add_option(name, take, help)
      ->type_name(shown)
      ->expected(1, CLI::detail::expected_max_vector_size)
      ->allow_extra_args(false)
      ->check(CLI::Validator{check, "", "pair"});
}

}  // namespace edgespan::cli

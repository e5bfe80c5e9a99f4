// SPDX-License-Identifier: Apache-2.0
#include "cli/spans/trace_tree.hpp"

#include <algorithm>
#include <map>
#include <string_view>

namespace edgespan::cli {
namespace {

class TreeBuilder {
 public:
  explicit TreeBuilder(std::span<const CollectedSpan> spans);
  std::vector<TreeNode> build();

 private:
  struct Root {
    std::size_t span;
    std::string note;
  };
  void find_roots();
  void find_cycles();
  void walk(std::size_t span, std::size_t depth, bool last, const std::string& note);
  void mark(std::size_t span);

  std::span<const CollectedSpan> spans_;
  std::vector<std::size_t> order_;                 // by time, then by arrival
  std::map<std::string_view, std::size_t> by_id_;  // the first span of an id
  std::map<std::size_t, std::vector<std::size_t>> children_;
  std::vector<bool> reached_;
  std::vector<Root> roots_;
  std::vector<TreeNode> nodes_;
};

TreeBuilder::TreeBuilder(std::span<const CollectedSpan> spans) : spans_{spans}, reached_(spans.size()) {
  for (std::size_t i = 0; i < spans.size(); ++i) order_.push_back(i);
  std::ranges::stable_sort(order_, {}, [&](std::size_t i) { return spans[i].timestamp_us; });
  for (const std::size_t i : order_) by_id_.try_emplace(spans[i].id, i);
}

std::vector<TreeNode> TreeBuilder::build() {
  find_roots();
  find_cycles();
  for (std::size_t i = 0; i < roots_.size(); ++i)
    walk(roots_[i].span, 0, i + 1 == roots_.size(), roots_[i].note);
  return std::move(nodes_);
}

void TreeBuilder::find_roots() {
  for (const std::size_t i : order_) {
    const std::string& parent_id = spans_[i].parent_id;
    const auto parent = by_id_.find(parent_id);
    if (parent_id.empty()) {
      roots_.push_back({i, {}});
    } else if (parent == by_id_.end()) {
      roots_.push_back({i, "its parent " + parent_id + " is missing"});
    } else {
      children_[parent->second].push_back(i);
    }
  }
  for (const Root& root : roots_) mark(root.span);
}

// Spans that no root leads to have a cycle of parents above them. The earliest span of the cycle becomes a
// root, and is no child any more.
void TreeBuilder::find_cycles() {
  for (const std::size_t i : order_) {
    if (reached_[i]) continue;
    std::vector<bool> seen(spans_.size());
    std::size_t on_cycle = i;
    while (!seen[on_cycle]) {
      seen[on_cycle] = true;
      on_cycle = by_id_.at(spans_[on_cycle].parent_id);
    }
    std::size_t first = on_cycle;
    for (std::size_t next = by_id_.at(spans_[on_cycle].parent_id); next != on_cycle;) {
      if (spans_[next].timestamp_us < spans_[first].timestamp_us) first = next;
      next = by_id_.at(spans_[next].parent_id);
    }
    std::erase(children_[by_id_.at(spans_[first].parent_id)], first);
    roots_.push_back({first, "its parent " + spans_[first].parent_id + " is its own descendant"});
    mark(first);
  }
}

void TreeBuilder::mark(std::size_t root) {
  std::vector<std::size_t> open{root};
  while (!open.empty()) {
    const std::size_t span = open.back();
    open.pop_back();
    reached_[span] = true;
    const auto children = children_.find(span);
    if (children != children_.end())
      open.insert(open.end(), children->second.begin(), children->second.end());
  }
}

void TreeBuilder::walk(std::size_t root, std::size_t depth, bool last, const std::string& note) {
  std::vector<TreeNode> open{{root, depth, last, note}};
  while (!open.empty()) {
    const TreeNode node = std::move(open.back());
    open.pop_back();
    nodes_.push_back(node);
    const auto found = children_.find(node.span);
    if (found == children_.end()) continue;
    const std::vector<std::size_t>& children = found->second;
    for (std::size_t i = children.size(); i-- > 0;) {
      open.push_back({children[i], node.depth + 1, i + 1 == children.size(), {}});
    }
  }
}

}  // namespace

std::vector<TreeNode> build_tree(std::span<const CollectedSpan> spans) { return TreeBuilder{spans}.build(); }

}  // namespace edgespan::cli

// SPDX-License-Identifier: Apache-2.0
#include <edgespan/messaging_sampler.hpp>

#include "support/test.hpp"

namespace {

using namespace edgespan;

EDGESPAN_TEST(the_first_rule_that_matches_decides, "kafka") {
  static const Sampler always = Sampler::always(), never = Sampler::never();
  const SamplerRule rules[] = {{Operation::send, "chatty", &never},
                               {Operation::any, "chatty", &always},
                               {Operation::receive, "", &never}};
  const MessagingSampler sampler{rules};
  TEST_ASSERT_TRUE(sampler.find(Operation::send, "chatty") == &never);
  TEST_ASSERT_TRUE(sampler.find(Operation::receive, "chatty") == &always);
  TEST_ASSERT_TRUE(sampler.find(Operation::receive, "other") == &never);
  TEST_ASSERT_NULL(sampler.find(Operation::send, "other"));
  TEST_ASSERT_NULL(sampler.find(Operation::send, "Chatty"));
  TEST_ASSERT_NULL(MessagingSampler{}.find(Operation::send, "chatty"));
}

}  // namespace

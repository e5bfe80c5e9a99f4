# SPDX-License-Identifier: Apache-2.0
# The unit tests, a file each. A test goes into the first list that is true of it.

# Tests of core in the words of tests/support/test.hpp, without a heap, threads, files or other programs. They run on
# boards without a system, too.
set(edgespan_core_tests
  agent_basic_test
  b3_bounds_test
  b3_constexpr_test
  b3_differential_test
  b3_test
  bare_clock_test
  batch_cutter_test
  drain_test
  encode_random_test
  encode_test
  flush_time_test
  limits_test
  reporter_test
  reporter_worker_test
  ring_test
  sampler_test
  slot_text_test
  text_test
  tracing_test)

# Tests of misuse: what the assertions of core are for. On boards they run on a core that has assertions.
set(edgespan_misuse_tests
  core_misuse_test)

# These take the place of functions of a shared C library. A cross-compiled build has none.
set(edgespan_interposing_tests
  agent_start_memory_test
  alloc_trap_test
  gzip_memory_test
  memory_test
  posix_interrupted_test
  posix_resolver_test)

# All others need a system: threads, files, programs, or a part of the agent above core.
set(edgespan_system_tests
  agent_exit_test
  agent_stop_thread_test
  agent_test
  b3_exhaustive_test
  cli_b3_command_test
  cli_books_line_test
  cli_budget_plan_test
  cli_checked_output_test
  cli_clock_diagnosis_test
  cli_columns_test
  cli_demo_collector_test
  cli_demo_command_test
  cli_doctor_command_test
  cli_escape_test
  cli_file_sender_test
  cli_line_reader_test
  cli_outage_notices_test
  cli_post_diagnosis_test
  cli_quantities_test
  cli_reply_text_test
  cli_span_url_test
  cli_tool_test
  cli_trace_difference_test
  cli_trace_tree_test
  collector_url_test
  encode_protoc_test
  gzip_test
  hot_path_test
  fork_calls_test
  fork_test
  http_date_test
  http_gzip_test
  http_reply_test
  http_sender_faults_test
  http_sender_test
  http_url_test
  housekeeper_thread_test
  inflight_table_test
  inflight_table_thread_test
  kafka_address_space_test
  kafka_constrain_test
  kafka_client_end_test
  kafka_consume_test
  kafka_cpp_test
  kafka_create_test
  kafka_delivery_test
  kafka_limits_test
  kafka_messaging_sampler_test
  kafka_misuse_test
  kafka_next_span_test
  kafka_on_consume_test
  kafka_outages_test
  kafka_produce_test
  kafka_queue_full_test
  kafka_rebalance_test
  kafka_sender_test
  kafka_stop_test
  open_spans_test
  open_spans_thread_test
  posix_cancel_test
  posix_clock_test
  posix_http_test
  posix_signals_test
  posix_strangers_test
  posix_stream_test
  posix_worker_test
  ring_full_thread_test
  ring_large_test
  ring_thread_test
  sampler_thread_test
  scope_thread_test
  thread_exit_test
  tracing_thread_test
  uplink_clock_test
  uplink_cut_test
  uplink_drift_test
  uplink_faults_test)

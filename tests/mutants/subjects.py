# SPDX-License-Identifier: Apache-2.0
"""Which files belong to a subject, and which tests notice a change to them: those of the unit test files, in this
order, then runs of the simulator. Of those only the ones that are short in a debug build."""

import fnmatch
import os

WORLDS = ('--seeds=10', '--case=boot-1970', '--case=reply-lost', '--case=refusals', '--case=body-cap',
          '--case=wrong-date', '--case=stop-ok', '--case=call-send', '--case=call-recv')


class Subject:
    def __init__(self, name, files, tests, worlds=()):
        self.name, self.files, self.tests, self.worlds = name, files.split(), tests.split(), worlds

    def has(self, path):
        return any(fnmatch.fnmatch(path, pattern) for pattern in self.files)


SUBJECTS = (
    Subject('codec', 'agent/core/b3* agent/core/w3c*',
            'b3_test b3_bounds_test b3_constexpr_test b3_differential_test w3c_test w3c_constexpr_test'),
    Subject('ring', 'agent/core/span_ring* agent/core/ring_room*',
            'ring_test ring_large_test drain_test reporter_test tracing_test ring_thread_test', WORLDS),
    Subject('table', 'agent/kafka/inflight_table*',
            'inflight_table_test kafka_produce_test kafka_delivery_test kafka_limits_test inflight_table_thread_test'),
    Subject('slots', 'agent/core/open_spans* agent/core/slot_owner* agent/core/slot_text* agent/core/quick_text* '
            'agent/core/span.cpp agent/core/include/edgespan/span.hpp',
            'slot_owner_test slot_text_test quick_text_test text_test open_spans_test tracing_test encode_test '
            'core_misuse_test limits_test open_spans_thread_test', WORLDS),
    Subject('encoder', 'agent/core/encode*',
            'encode_test encode_random_test slot_text_test text_test tracing_test limits_test', WORLDS),
    Subject('reporter', 'agent/core/reporter* agent/core/batch_cutter* agent/core/batch_offerer*',
            'batch_cutter_test batch_offerer_test reporter_test reporter_steps_test reporter_worker_test accounts_test '
            'drain_test uplink_cut_test uplink_faults_test uplink_clock_test housekeeper_thread_test '
            'tracing_test agent_basic_test agent_test', WORLDS),
    Subject('headers', 'agent/kafka/trace_headers* agent/kafka/header_plan.hpp agent/kafka/header_view.hpp '
            'agent/kafka/b3_in_place.hpp',
            'kafka_produce_test kafka_consume_test kafka_next_span_test kafka_limits_test kafka_delivery_test '
            'kafka_many_headers_test kafka_refused_test kafka_room_test kafka_propagation_test '
            'kafka_trace_header_pairs_test kafka_header_lists_test kafka_b3_in_place_test'),
    Subject('sender', 'agent/http/*',
            'http_url_test http_date_test http_reply_test http_answers_test http_sender_test http_sender_faults_test '
            'http_wide_ids_test http_deadlines_test http_gzip_test uplink_cut_test uplink_faults_test '
            'uplink_clock_test collector_url_test', WORLDS),
    Subject('kafka-sender', 'agent/kafka/*kafka_sender*', 'kafka_sender_init_test kafka_sender_test'),
    Subject('otlp', 'agent/otlp/*', 'otlp_field_test otlp_batch_test otlp_answers_test'),
)


def paths(root, subject):
    """The subject's files, from the root."""
    folder = os.path.join(root, 'agent')
    found = (os.path.relpath(os.path.join(where, name), root) for where, _, names in os.walk(folder) for name in names)
    return sorted(path for path in found if path.endswith(('.cpp', '.hpp')) and subject.has(path))

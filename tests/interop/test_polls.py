# SPDX-License-Identifier: Apache-2.0
"""Records without a context: one poll makes one root a topic, or one a record if that is asked for."""

from case import InteropCase, poll, process

RECORDS = 10


class UntracedProducer:
    def consumed(self, topics, count, service, options=()):
        """The context that each record had after the poll, by topic, in the order of the records."""
        result = self.consumer().consume(
            ",".join(topics), service, self.unique("group"), count=count, process="store", options=options)
        contexts = {topic: [] for topic in topics}
        for line in self.records(result, count):
            contexts[line.fields["topic"]].append(self.assert_context(line, "single_no_parent"))
        return contexts

    def roots_of(self, contexts):
        return {(context.trace, context.span) for context in contexts}

    def work(self, service, topic, numbers):
        return [process(self.consumer(), service, "store", topic, "k%d" % i) for i in numbers]

    def untraced(self, topics):
        self.ok(self.brave.plain_produce(",".join(topics), RECORDS))
        for topic in topics:
            self.assertEqual([[]] * RECORDS, [line.headers for line in self.wire(topic, RECORDS)])

    def test_ten_records_of_one_poll_share_one_root(self):
        topic, service = self.topic("plain"), self.unique("cloud")
        self.untraced([topic])
        contexts = self.consumed([topic], RECORDS, service)[topic]
        (trace, span), = self.roots_of(contexts)
        tree = poll(service, topic, *self.work(service, topic, range(RECORDS)))
        self.assertEqual(self.assert_trace(trace, tree)[span]["kind"], "CONSUMER")

    def test_each_topic_of_a_poll_has_its_own_root(self):
        topics, service = [self.topic("plain-a"), self.topic("plain-b")], self.unique("cloud")
        self.untraced(topics)
        contexts = self.consumed(topics, 2 * RECORDS, service)
        roots = [self.roots_of(contexts[topic]) for topic in topics]
        self.assertEqual([1, 1], [len(root) for root in roots])
        for topic, ((trace, _),) in zip(topics, roots):
            self.assert_trace(trace, poll(service, topic, *self.work(service, topic, range(RECORDS))))

    def test_without_shared_root_each_record_has_its_own(self):
        topic, service = self.topic("plain"), self.unique("cloud")
        self.untraced([topic])
        contexts = self.consumed([topic], RECORDS, service, ["--no-shared-root"])[topic]
        self.assertEqual(len({context.trace for context in contexts}), RECORDS)
        for i, context in enumerate(contexts):
            self.assert_trace(context.trace, poll(service, topic, *self.work(service, topic, [i])))

    def test_traced_records_do_not_join_the_shared_root(self):
        topic, gateway, service = self.topic("mixed"), self.unique("gateway"), self.unique("cloud")
        self.ok(self.brave.plain_produce(topic, 2))
        self.ok(self.brave.produce(topic, gateway, headers=["b3=0"]))
        self.ok(self.brave.plain_produce(topic, 2))
        polled = self.records(self.consumer().consume(topic, service, self.unique("group"), count=5), 5)
        denied = self.assert_context(polled[2], "single_no_parent", decision="0")
        plain = [self.assert_context(line, "single_no_parent") for line in polled[:2] + polled[3:]]
        for trace in {context.trace for context in plain}:
            self.assertNotEqual(trace, denied.trace)
            self.assert_trace(trace, poll(service, topic))


class EdgespanPolls(UntracedProducer, InteropCase):
    def consumer(self):
        return self.edgespan


class BravePolls(UntracedProducer, InteropCase):
    def consumer(self):
        return self.brave

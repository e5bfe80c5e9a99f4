// SPDX-License-Identifier: Apache-2.0
package edgespan.interop;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.TopicExistsException;

/**
 * Brave and OpenTelemetry behind a command line like the edgespan tool's.
 *
 * <p>`JavaPeer COMMAND OPTIONS...` runs one command. `JavaPeer serve` reads commands from stdin, one a
 * line, arguments separated by tabs, and answers each with the command's own output and a line
 * `end exit=CODE`: the test suite pays for one virtual machine instead of one a step. CODE is 0 done,
 * 1 failed at run time, 2 bad usage.
 */
public final class JavaPeer {
  private JavaPeer() {}

  public static void main(String[] args) throws Exception {
    // Log lines must not come between the answers: stdout is ours alone, everything else goes to stderr.
    PrintStream out = System.out;
    System.setOut(System.err);
    if (args.length == 1 && args[0].equals("serve")) {
      serve(out);
    } else {
      int exit = command(List.of(args), out);
      out.flush();
      System.exit(exit);
    }
  }

  private static void serve(PrintStream out) throws Exception {
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      int exit = command(Arrays.asList(line.split("\t")), out);
      out.println("end exit=" + exit);
      out.flush();
    }
  }

  private static int command(List<String> args, PrintStream out) {
    try {
      if (args.isEmpty()) throw new Options.Usage("a command is needed");
      Options options = Options.parse(args.subList(1, args.size()));
      return switch (args.get(0)) {
        case "produce" -> Produce.traced(options, out);
        case "plain-produce" -> Produce.plain(options, out);
        case "consume" -> Consume.traced(options, out);
        case "plain-consume" -> Consume.plain(options, out);
        case "create-topics" -> createTopics(options);
        default -> throw new Options.Usage(args.get(0) + ": unknown command");
      };
    } catch (Options.Usage | NumberFormatException usage) {
      System.err.println("JavaPeer: " + usage.getMessage());
      return 2;
    } catch (Exception failure) {
      failure.printStackTrace();
      return 1;
    }
  }

  /** -X are the topics' own configuration; one partition each. A topic that is there is left as it is. */
  private static int createTopics(Options options) throws InterruptedException, ExecutionException {
    Map<String, String> configs = new java.util.HashMap<>();
    options.properties.forEach((name, value) -> configs.put((String) name, (String) value));
    List<NewTopic> topics =
        options.topics.stream().map(name -> new NewTopic(name, 1, (short) 1).configs(configs)).toList();
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", options.brokers))) {
      admin.createTopics(topics).all().get();
    } catch (ExecutionException failed) {
      if (!(failed.getCause() instanceof TopicExistsException)) throw failed;
    }
    return 0;
  }
}

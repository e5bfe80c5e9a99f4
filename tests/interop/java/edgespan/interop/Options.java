// SPDX-License-Identifier: Apache-2.0
package edgespan.interop;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** The command line of a JavaPeer command: letters and names are the edgespan tool's, where it has them. */
final class Options {
  String brokers;
  List<String> topics = List.of();
  int count = 1;
  String keyPrefix = "";
  String group;
  String service = "brave";
  String remoteService = "kafka";
  String zipkin;
  String process;
  String forward;
  String b3 = "single_no_parent";
  String tracer = "brave";
  String propagation = "w3c";
  boolean sampled = true;
  boolean withHeaders = false;
  boolean trace128 = true;
  boolean sharedRoot = true;
  long timeoutMs = 20_000;
  int valueBytes = 8;
  final RecordHeaders headers = new RecordHeaders();
  final RecordHeaders context = new RecordHeaders();
  final Properties properties = new Properties();

  static final class Usage extends RuntimeException {
    private static final long serialVersionUID = 1;

    Usage(String message) {
      super(message);
    }
  }

  /** Reads everything behind the command's name; throws Usage and names the argument that it cannot take. */
  static Options parse(List<String> args) {
    Options options = new Options();
    List<String> rest = new ArrayList<>(args);
    while (!rest.isEmpty()) {
      String name = rest.remove(0);
      if (options.setFlag(name)) continue;
      if (rest.isEmpty()) throw new Usage(name + ": unknown, or its value is missing");
      options.set(name, rest.remove(0));
    }
    if (options.brokers == null) throw new Usage("-b BROKERS is needed");
    if (options.topics.isEmpty()) throw new Usage("-t TOPIC is needed");
    return options;
  }

  private boolean setFlag(String name) {
    switch (name) {
      case "--no-shared-root" -> sharedRoot = false;
      case "--unsampled" -> sampled = false;
      case "--with-headers" -> withHeaders = true;
      default -> {
        return false;
      }
    }
    return true;
  }

  private void set(String name, String value) {
    switch (name) {
      case "-b" -> brokers = value;
      case "-t" -> topics = List.of(value.split(","));
      case "-n" -> count = Integer.parseInt(value);
      case "-k" -> keyPrefix = value;
      case "-g" -> group = value;
      case "-H" -> addHeader("-H", value, headers);
      case "--context" -> addHeader("--context", value, context);
      case "-X" -> addProperty(value);
      case "--service" -> service = value;
      case "--remote-service" -> remoteService = value;
      case "--zipkin" -> zipkin = value;
      case "--process" -> process = value;
      case "--forward" -> forward = value;
      case "--b3" -> b3 = value;
      case "--tracer" -> tracer = value;
      case "--propagation" -> propagation = value;
      case "--id-bits" -> trace128 = bits(value);
      case "--timeout" -> timeoutMs = 1000 * Long.parseLong(value);
      case "--value-bytes" -> valueBytes = Integer.parseInt(value);
      default -> throw new Usage(name + ": unknown option");
    }
  }

  private static boolean bits(String value) {
    if (!value.equals("64") && !value.equals("128")) throw new Usage("--id-bits " + value + ": 64 or 128");
    return value.equals("128");
  }

  private static Map.Entry<String, String> pair(String option, String text) {
    int at = text.indexOf('=');
    if (at < 1) throw new Usage(option + " " + text + ": name=value is needed");
    return Map.entry(text.substring(0, at), text.substring(at + 1));
  }

  private static void addHeader(String option, String text, RecordHeaders to) {
    Map.Entry<String, String> header = pair(option, text);
    to.add(header.getKey(), header.getValue().getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  private void addProperty(String text) {
    Map.Entry<String, String> property = pair("-X", text);
    properties.setProperty(property.getKey(), property.getValue());
  }

  /** A fresh list for each record: tracing edits a record's headers in place. */
  Headers copyOfHeaders() {
    return new RecordHeaders(headers);
  }
}

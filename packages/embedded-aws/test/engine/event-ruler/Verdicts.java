import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import software.amazon.event.ruler.JsonRuleCompiler;
import software.amazon.event.ruler.Machine;

/**
 * Reads lines of [pattern, event], and prints them with what Event Ruler says before: "matches", "does not match" or "refused".
 * With the jars of software.amazon.event.ruler:event-ruler:1.8.1 and its dependencies in lib/:
 *
 *   node pairs.ts | java -cp 'lib/*' Verdicts.java > verdicts.jsonl
 */
public class Verdicts {
  public static void main(String[] arguments) throws Exception {
    ObjectMapper json = new ObjectMapper();
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      JsonNode pair = json.readTree(line);
      String pattern = pair.get(0).toString(), event = pair.get(1).toString();
      System.out.println("[\"" + verdict(pattern, event) + "\"," + pattern + "," + event + "]");
    }
  }

  private static String verdict(String pattern, String event) throws Exception {
    if (JsonRuleCompiler.check(pattern) != null) return "refused";
    Machine machine = new Machine();
    machine.addRule("rule", pattern);
    return machine.rulesForJSONEvent(event).isEmpty() ? "does not match" : "matches";
  }
}

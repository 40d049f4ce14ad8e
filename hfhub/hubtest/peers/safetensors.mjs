// Reads a model's parameter count with @huggingface/hub.
import { parseSafetensorsMetadata } from "@huggingface/hub";

const [hubUrl, name] = process.argv.slice(2);
try {
  const read = await parseSafetensorsMetadata({ repo: name, hubUrl, computeParametersCount: true });
  console.log(Object.entries(read.parameterCount).map(([dtype, n]) => `${dtype} ${n}`).join(", "));
} catch (error) {
  console.log(`${error.name}: ${error.message}`.slice(0, 120));
}

// Reads a GGUF header with @huggingface/gguf.
import { gguf } from "@huggingface/gguf";

const [hubUrl, name, path] = process.argv.slice(2);
try {
  const read = await gguf(`${hubUrl}/${name}/resolve/main/${path}`, { computeParametersCount: true });
  console.log(`parameters ${read.parameterCount}`);
} catch (error) {
  console.log(`${error.name}: ${error.message}`.slice(0, 120));
}

// What an artist does with @saintno/comfyui-sdk: node client.mjs ADDRESS TOKEN PICTURE GRAPHS INTO
// GRAPHS: {"paint": graph whose node 1 loads the picture and whose node 9 saves, "long": one to be interrupted}.
// Says one JSON object a line; writes the picture to the file INTO.
import { readFile, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { CallWrapper, ComfyApi, PromptBuilder } from "@saintno/comfyui-sdk";

const [address, token, picture, graphs, into] = process.argv.slice(2);
const { paint, long } = JSON.parse(await readFile(graphs, "utf8"));
const say = (what, value) => console.log(JSON.stringify({ [what]: value }));

const api = new ComfyApi(address, undefined, { credentials: { type: "bearer_token", token } });
const heard = [];
api.on("all", ({ detail }) => heard.push([detail.type, detail.data]));
const connected = new Promise((resolve) => api.on("connected", resolve));
await api.init().waitForReady();
await connected;
say("checkpoints", await api.getCheckpoints());
say("samplers", (await api.getSamplerInfo()).sampler);

const sent = await api.uploadImage(await readFile(picture), basename(picture), { subfolder: "js" });
say("sent", sent.info);

const wrapped = (graph) =>
  new CallWrapper(api, new PromptBuilder(graph, [], ["images"]).setOutputNode("images", "9"));

paint["1"].inputs.image = `${sent.info.subfolder}/${sent.info.filename}`;
let failed = null;
const done = await wrapped(paint)
  .onFailed((error) => (failed = `${error.message} ${JSON.stringify(error.cause ?? null)}`))
  .run();
say("painted", { done, failed });
if (done) {
  const file = await api.getImage(done.images.images[0]);
  await writeFile(into, Buffer.from(await file.arrayBuffer()));
}

const stopped = await new Promise((resolve) => {
  let asked = false;
  wrapped(long)
    .onProgress(() => {
      if (!asked) api.interrupt();
      asked = true;
    })
    .onFinished(() => resolve("finished"))
    .onFailed((error) => resolve(error.message))
    .run();
});
say("stopped", stopped);
say("heard", heard);
api.destroy();
process.exit(0);

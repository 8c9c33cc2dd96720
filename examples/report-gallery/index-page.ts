/** The gallery's first page: a table of links. All of its words are our own, so that nothing has to be escaped. */
import { audiences, languageTags } from "linekeeper/report";
import type { Scene } from "./scenes.ts";

export interface Shown {
  readonly scene: Scene;
  readonly files: readonly string[];
}

const style = `
  body { font: 15px/1.5 system-ui, sans-serif; max-width: 1000px; margin: 0 auto; padding: 32px 20px; color-scheme: light dark }
  h2 { margin: 32px 0 4px; font-size: 17px }
  table { border-collapse: collapse }
  th, td { padding: 4px 20px 4px 0; text-align: start; font-weight: 400; white-space: nowrap }
  a { margin-inline-end: 8px }`;

const link = ({ name }: Scene, file: string) => `<a href="${name}/${file}">${file.split(".").at(-1)}</a>`;

function section({ scene, files }: Shown): string {
  const cell = (of: string) =>
    files
      .filter((file) => file.startsWith(of))
      .map((file) => link(scene, file))
      .join("");
  const row = (of: string) =>
    `<tr><th scope="row">${of}</th>${languageTags.map((tag) => `<td>${cell(`${of}.${tag}.`)}</td>`).join("")}</tr>`;
  return `<h2>${scene.title}</h2>
<table><thead><tr><th scope="col">for</th>${languageTags.map((tag) => `<th scope="col">${tag}</th>`).join("")}</tr></thead>
<tbody>${[...audiences, "ticket"].map(row).join("\n")}</tbody></table>
<p><a href="${scene.name}/report.json">report.json</a> is what all of them are made of.</p>`;
}

export const indexPage = (shown: readonly Shown[]): string => `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Report gallery · Linekeeper</title><style>${style}
</style></head>
<body><h1>Report gallery</h1>
${shown.map(section).join("\n")}
</body></html>
`;

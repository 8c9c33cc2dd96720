import { html } from "./markup.ts";

/** The page's look: light and dark, wide, narrow and A4. Blue and vermilion stay apart for every kind of colour vision. */
export const style = html`<style>
  :root {
    color-scheme: light dark;
    --paper: #fff;
    --panel: #f4f6f8;
    --ink: #17202b;
    --soft: #566373;
    --rule: #dce2e8;
    --well: #0b6aa3;
    --failed: #c94f12;
    --failed-line: #f1ae85;
    --doubtful: #f0b429;
    --doubtful-dot: #6d4a00;
    --pending: #98a4b1;
    --callee: #7b8a9b;
    --tint: rgba(201, 79, 18, 0.075);
    --good-tint: #e6f1f8;
    --bad-tint: #fbeadf;
    --bad-ink: #9c3a08;
  }
  @media (prefers-color-scheme: dark) {
    :root {
      --paper: #11161c;
      --panel: #1a2129;
      --ink: #e8ecf1;
      --soft: #9dabba;
      --rule: #2b3540;
      --well: #56b0e4;
      --failed: #f0763a;
      --failed-line: #7c300c;
      --doubtful: #f2c14e;
      --doubtful-dot: #4d3500;
      --pending: #6d7a88;
      --callee: #8b9aab;
      --tint: rgba(240, 118, 58, 0.12);
      --good-tint: #15303f;
      --bad-tint: #3a2114;
      --bad-ink: #f7a57c;
    }
  }
  * {
    box-sizing: border-box;
  }
  body {
    margin: 0;
    background: var(--paper);
    color: var(--ink);
    font:
      15px/1.5 system-ui,
      -apple-system,
      "Segoe UI",
      Roboto,
      "Helvetica Neue",
      Arial,
      sans-serif;
    font-variant-numeric: tabular-nums;
    -webkit-text-size-adjust: 100%;
    overflow-wrap: anywhere;
  }
  main {
    max-width: 1080px;
    margin: 0 auto;
    padding: 40px 32px 64px;
  }
  .eyebrow {
    margin: 0 0 10px;
    color: var(--soft);
    font-size: 13px;
    display: flex;
    flex-wrap: wrap;
    gap: 4px 14px;
  }
  .eyebrow strong {
    color: var(--ink);
    font-weight: 600;
  }
  h1 {
    margin: 0;
    font-size: clamp(22px, 3.4vw, 32px);
    line-height: 1.2;
    font-weight: 650;
    letter-spacing: -0.015em;
    max-width: 26em;
    text-wrap: balance;
  }
  .actor {
    margin: 12px 0 0;
    color: var(--soft);
  }
  .actor strong {
    color: var(--ink);
    font-weight: 600;
  }
  .actor span {
    display: inline-block;
    margin-right: 8px;
  }
  h2 {
    margin: 44px 0 12px;
    font-size: 17px;
    font-weight: 650;
    letter-spacing: -0.005em;
  }
  h3 {
    margin: 0 0 8px;
    font-size: 13px;
    font-weight: 600;
    color: var(--soft);
  }
  p {
    margin: 0 0 8px;
  }
  small {
    font-size: 12px;
    color: var(--soft);
  }
  .note {
    margin: 10px 0 0;
    color: var(--soft);
    font-size: 13px;
    max-width: 72ch;
  }
  .unseen {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  code,
  .ids,
  .id,
  .codes {
    font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace;
    font-size: 12px;
  }
  .picture {
    margin: 28px 0 0;
    padding: 18px 20px 16px;
    background: var(--panel);
    border-radius: 10px;
  }
  .picture figcaption {
    margin: 0 0 12px;
    font-size: 13px;
    color: var(--soft);
  }
  .lanes {
    display: grid;
    grid-template-columns: 168px minmax(0, 1fr);
  }
  .names {
    position: relative;
  }
  .lanes > svg {
    display: block;
    overflow: visible;
  }
  .names span {
    position: absolute;
    left: 0;
    right: 10px;
    white-space: nowrap;
    overflow: hidden;
    text-overflow: ellipsis;
    font-size: 12px;
    line-height: 20px;
    color: var(--soft);
  }
  .names .group {
    right: auto;
    max-width: min(80vw, 600px);
    padding-top: 6px;
    z-index: 1;
    color: var(--ink);
    font-weight: 600;
    text-shadow:
      0 0 3px var(--panel),
      0 0 3px var(--panel),
      0 0 3px var(--panel);
  }
  svg text {
    font:
      11px system-ui,
      -apple-system,
      "Segoe UI",
      Roboto,
      Arial,
      sans-serif;
    font-variant-numeric: tabular-nums;
    fill: var(--soft);
  }
  svg .mark {
    font-size: 10.5px;
    fill: var(--ink);
    paint-order: stroke;
    stroke: var(--panel);
    stroke-width: 3px;
    stroke-linejoin: round;
  }
  .tick,
  .rule {
    stroke: var(--rule);
    stroke-width: 1;
  }
  .incident {
    fill: var(--tint);
  }
  .incident-edge {
    stroke: var(--failed);
    stroke-width: 1;
    stroke-dasharray: 2 3;
  }
  .incident-bar {
    fill: var(--failed);
  }
  .run {
    stroke: var(--soft);
    stroke-width: 1;
    stroke-dasharray: 3 2;
  }
  .bar {
    stroke-width: 1.5;
    stroke-linejoin: round;
  }
  .bar.well {
    fill: var(--well);
    stroke: var(--well);
    stroke-width: 1;
  }
  .bar.failed {
    fill: url(#lk-failed);
    stroke: var(--failed);
  }
  .bar.doubtful {
    fill: url(#lk-doubtful);
    stroke: var(--doubtful-dot);
    stroke-width: 1;
  }
  .bar.pending {
    fill: var(--paper);
    stroke: var(--pending);
    stroke-dasharray: 3 2;
  }
  .bar.idle {
    fill: var(--pending);
    stroke: none;
  }
  .bar.callee {
    fill: var(--callee);
    stroke: var(--callee);
    stroke-width: 1;
  }
  .f-failed {
    fill: var(--failed);
  }
  .f-failed-line {
    fill: var(--failed-line);
  }
  .f-doubtful {
    fill: var(--doubtful);
  }
  .f-doubtful-dot {
    fill: var(--doubtful-dot);
  }
  .bar.tiny {
    stroke-width: 4;
  }
  .call-tick {
    stroke: var(--callee);
    stroke-width: 1.5;
  }
  .call-tick.good {
    stroke: var(--well);
    stroke-width: 2.5;
  }
  .call-tick.bad {
    stroke: var(--failed);
    stroke-width: 3;
  }
  .failover {
    stroke: var(--ink);
    stroke-width: 1.4;
  }
  .arrow-head {
    fill: var(--ink);
  }
  .sign-lost {
    stroke: var(--failed);
    stroke-width: 2.6;
    stroke-linecap: round;
    fill: none;
  }
  .sign-refused {
    fill: var(--paper);
    stroke: var(--failed);
    stroke-width: 2.2;
  }
  .legend {
    list-style: none;
    display: flex;
    flex-wrap: wrap;
    gap: 4px 18px;
    margin: 12px 0 0;
    padding: 0;
    font-size: 12px;
    color: var(--soft);
  }
  .legend li {
    display: flex;
    align-items: center;
    gap: 6px;
  }
  .legend svg {
    overflow: visible;
  }
  .equivalent {
    margin-top: 10px;
    border: 0;
  }
  .equivalent summary {
    gap: 8px;
    font-size: 12px;
    color: var(--soft);
  }
  .tiles {
    display: grid;
    grid-template-columns: repeat(6, minmax(0, 1fr));
    gap: 0;
    margin: 0;
    border-block: 1px solid var(--rule);
  }
  .tile {
    display: flex;
    flex-direction: column-reverse;
    justify-content: flex-end;
    padding: 14px 12px 14px 0;
  }
  .tile + .tile {
    padding-left: 14px;
    border-left: 1px solid var(--rule);
  }
  .tile dt {
    font-size: 12.5px;
    line-height: 1.35;
    color: var(--soft);
  }
  .tile dd {
    margin: 0;
    font-size: 30px;
    line-height: 1.15;
    font-weight: 600;
    letter-spacing: -0.02em;
  }
  .tile.bad dd {
    color: var(--bad-ink);
  }
  .tile.good dd {
    color: var(--well);
  }
  table {
    border-collapse: collapse;
    width: 100%;
    font-size: 13px;
  }
  th,
  td {
    text-align: left;
    vertical-align: top;
    padding: 7px 14px 7px 0;
    border-bottom: 1px solid var(--rule);
    font-weight: 400;
  }
  thead th {
    color: var(--soft);
    font-size: 12px;
    white-space: nowrap;
    vertical-align: bottom;
  }
  tbody th {
    font-weight: 600;
  }
  .figure {
    white-space: nowrap;
  }
  .term {
    color: inherit;
    text-decoration: underline dotted;
    text-decoration-color: var(--soft);
    text-underline-offset: 3px;
  }
  dfn {
    font-style: normal;
  }
  caption {
    padding: 18px 0 2px;
    text-align: left;
    font-size: 13px;
    font-weight: 600;
    color: var(--soft);
  }
  td small {
    display: block;
  }
  .figure small {
    display: inline;
  }
  .scroll {
    overflow-x: auto;
    overflow-wrap: break-word;
  }
  .scroll:focus-visible,
  summary:focus-visible {
    outline: 2px solid var(--well);
    outline-offset: 2px;
  }
  .odds {
    max-width: 760px;
  }
  .odds th,
  .odds td {
    border: 0;
    padding: 4px 14px 4px 0;
    vertical-align: middle;
  }
  .odds th {
    width: 200px;
    font-weight: 400;
    white-space: nowrap;
  }
  .odds .leader th,
  .odds .leader .figure {
    font-weight: 650;
  }
  .track {
    min-width: 80px;
  }
  .fill {
    display: block;
    height: 12px;
    border-radius: 2px;
    background: var(--callee);
    min-width: 2px;
    print-color-adjust: exact;
    -webkit-print-color-adjust: exact;
  }
  .leader .fill {
    background: var(--well);
  }
  .odds .figure {
    width: 64px;
    text-align: right;
  }
  .odds .words {
    width: 130px;
    color: var(--soft);
    white-space: nowrap;
  }
  .aside {
    margin: 12px 0 0;
  }
  .reasons {
    display: grid;
    grid-template-columns: repeat(2, minmax(0, 1fr));
    gap: 20px 40px;
    margin-top: 22px;
  }
  .reasons ul {
    list-style: none;
    margin: 0;
    padding: 0;
  }
  .reasons li {
    display: grid;
    grid-template-columns: 38px 1fr;
    padding: 9px 0;
    border-top: 1px solid var(--rule);
    font-size: 14px;
    line-height: 1.45;
  }
  .reasons small {
    display: block;
    margin-top: 2px;
  }
  .said {
    font-style: normal;
    font-weight: 600;
    color: var(--ink);
  }
  .said::after {
    content: " ·";
    font-weight: 400;
  }
  .dots {
    font-size: 8px;
    letter-spacing: 1px;
    line-height: 20px;
    color: var(--well);
  }
  .dots span {
    color: var(--rule);
  }
  .now {
    margin: 24px 0 0;
    padding: 14px 20px;
    border-left: 4px solid var(--well);
    background: var(--panel);
    max-width: 80ch;
  }
  .now h2 {
    margin: 0 0 6px;
  }
  .now ul {
    margin: 0;
    padding-left: 18px;
  }
  .now li {
    padding: 2px 0;
  }
  .test {
    margin: 20px 0 0;
    padding: 12px 16px;
    background: var(--panel);
    border-radius: 8px;
    max-width: 80ch;
  }
  .test strong {
    display: block;
    font-size: 13px;
    font-weight: 600;
    color: var(--soft);
  }
  .call {
    border-bottom: 1px solid var(--rule);
  }
  h2 + .call {
    border-top: 1px solid var(--rule);
  }
  summary {
    cursor: pointer;
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    gap: 2px 14px;
    padding: 8px 2px;
    font-size: 13px;
    list-style: none;
  }
  summary::-webkit-details-marker {
    display: none;
  }
  summary::before {
    content: "";
    width: 6px;
    height: 6px;
    border: solid var(--soft);
    border-width: 0 1.5px 1.5px 0;
    transform: rotate(-45deg);
    align-self: center;
  }
  details[open] > summary::before {
    transform: rotate(45deg);
  }
  summary:hover .id {
    text-decoration: underline;
  }
  .call .scroll,
  .call > .note {
    margin: 0 0 14px 22px;
  }
  .fate {
    min-width: 172px;
    font-weight: 600;
  }
  .fate::before {
    content: "";
    display: inline-block;
    width: 9px;
    height: 9px;
    margin-right: 7px;
    border-radius: 50%;
    border: 2px solid var(--callee);
  }
  .fate.good::before {
    background: var(--well);
    border-color: var(--well);
  }
  .fate.bad::before {
    background: var(--failed);
    border-color: var(--failed);
    border-radius: 1px;
  }
  .fate.bad {
    color: var(--bad-ink);
  }
  .end,
  .party {
    color: var(--soft);
  }
  .end {
    flex: 1 1 220px;
  }
  .ids {
    overflow-wrap: anywhere;
    min-width: 190px;
  }
  .codes,
  code {
    white-space: nowrap;
  }
  .attempts {
    min-width: 880px;
  }
  .attempts .result {
    min-width: 170px;
  }
  .attempts td,
  .attempts th {
    padding-right: 12px;
  }
  .moments th {
    font-weight: 400;
    white-space: nowrap;
    color: var(--soft);
  }
  .moments th:first-child {
    width: 1%;
  }
  .moments td:last-child {
    color: var(--soft);
    text-align: right;
    padding-right: 0;
    width: 1%;
  }
  .moments thead th:last-child {
    text-align: right;
    padding-right: 0;
  }
  .about {
    margin: 0;
    font-size: 13px;
  }
  .about div {
    display: grid;
    grid-template-columns: 160px minmax(0, 1fr);
    padding: 6px 0;
    border-bottom: 1px solid var(--rule);
  }
  .about dt {
    color: var(--soft);
  }
  .about dd {
    margin: 0;
  }
  @media screen and (max-width: 720px) {
    main {
      padding: 24px 16px 40px;
    }
    .lanes {
      grid-template-columns: 96px minmax(0, 1fr);
    }
    .names span {
      font-size: 11px;
      right: 6px;
    }
    .picture {
      margin-inline: -16px;
      padding: 14px 16px;
      border-radius: 0;
    }
    .minor {
      display: none;
    }
    .tiles {
      grid-template-columns: repeat(3, minmax(0, 1fr));
    }
    .tile:nth-child(4) {
      padding-left: 0;
      border-left: 0;
    }
    .tile:nth-child(n + 4) {
      border-top: 1px solid var(--rule);
    }
    .reasons {
      grid-template-columns: 1fr;
    }
    .odds th {
      width: auto;
      white-space: normal;
    }
    .odds .words {
      display: none;
    }
    .about div {
      grid-template-columns: 1fr;
    }
    .end {
      flex-basis: 100%;
    }
    .call .scroll,
    .call > .note {
      margin-left: 0;
    }
    .moments td:last-child,
    .moments thead th:last-child {
      display: none;
    }
  }
  @media print {
    @page {
      size: A4;
      margin: 14mm;
    }
    :root {
      color-scheme: light;
      --paper: #fff;
      --panel: #fff;
      --ink: #000;
      --soft: #444;
      --rule: #ccc;
      --well: #0b6aa3;
      --failed: #c94f12;
      --failed-line: #f1ae85;
      --doubtful: #f0b429;
      --doubtful-dot: #6d4a00;
      --pending: #777;
      --callee: #7b8a9b;
      --bad-ink: #9c3a08;
      --tint: rgba(201, 79, 18, 0.08);
    }
    body {
      font-size: 10.5pt;
    }
    main {
      max-width: none;
      padding: 0;
    }
    .picture {
      padding: 0;
      border-radius: 0;
      break-inside: avoid;
    }
    svg,
    .fill,
    .fate::before {
      print-color-adjust: exact;
      -webkit-print-color-adjust: exact;
    }
    table,
    summary,
    .reasons li {
      font-size: 8.5pt;
    }
    small {
      font-size: 7pt;
    }
    .tile dd {
      font-size: 20pt;
    }
    h2 {
      margin-top: 22pt;
      break-after: avoid;
    }
    tr,
    li,
    .tiles,
    summary {
      break-inside: avoid;
    }
    thead {
      display: table-header-group;
    }
    .scroll {
      overflow: visible;
    }
    .attempts,
    .attempts .result {
      min-width: 0;
    }
    .attempts td,
    .attempts th {
      padding-right: 5pt;
      font-size: 7.5pt;
    }
    .attempts .figure {
      white-space: normal;
    }
    .codes {
      white-space: normal;
    }
    .lanes {
      grid-template-columns: 130px minmax(0, 1fr);
    }
    th,
    td {
      padding: 3pt 6pt 3pt 0;
    }
    thead th {
      white-space: normal;
    }
    .ids {
      min-width: 0;
      font-size: 7pt;
    }
    code,
    .codes {
      font-size: 7.5pt;
    }
    /* Paper shows the attempts of the calls that met a fault; what went well stays one line. */
    .call:not(.plain)::details-content {
      content-visibility: visible;
      block-size: auto;
    }
    .equivalent,
    summary::before {
      display: none;
    }
    .call .scroll,
    .call > .note {
      margin-left: 0;
    }
  }
</style>`;

import { html } from "./markup.ts";

/**
 * The page's style by its hash (CSP Level 3 §2.3.1): the page's own policy allows nothing else, and a server that sends
 * a stricter one adds this to its `style-src`. A test holds it equal to the text below.
 */
export const styleHash = "sha256-2Po5aUcQuAR2PHTxNNQ9RAsq9qftKvH//AwDKLyyyIM=";

/**
 * The page's look: light and dark, wide, narrow and A4, either reading direction. Blue and vermilion stay apart for
 * every kind of colour vision. One rule a line: all of it travels with the page, and with the softphone that makes it.
 */
// prettier-ignore
export const style = html`<style>
:root { color-scheme: light dark; --paper: light-dark(#fff, #11161c); --panel: light-dark(#f4f6f8, #1a2129); --ink: light-dark(#17202b, #e8ecf1); --soft: light-dark(#566373, #9dabba); --rule: light-dark(#dce2e8, #2b3540); --well: light-dark(#0b6aa3, #56b0e4); --failed: light-dark(#c94f12, #f0763a); --failed-line: light-dark(#f1ae85, #7c300c); --doubtful: light-dark(#f0b429, #f2c14e); --doubtful-dot: light-dark(#6d4a00, #4d3500); --pending: light-dark(#98a4b1, #6d7a88); --callee: light-dark(#7b8a9b, #8b9aab); --tint: light-dark(#c94f1213, #f0763a1f); --bad-ink: light-dark(#9c3a08, #f7a57c) }
* { box-sizing: border-box }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif; font-variant-numeric: tabular-nums; -webkit-text-size-adjust: 100%; overflow-wrap: anywhere }
main { max-width: 1080px; margin: 0 auto; padding: 40px 32px 64px }
h1 { margin: 0; font-size: clamp(22px, 3.4vw, 32px); line-height: 1.2; font-weight: 650; letter-spacing: -0.015em; max-width: 26em; text-wrap: balance }
h2 { margin: 44px 0 12px; font-size: 17px; font-weight: 650 }
h3 { margin: 0 0 8px; font-size: 13px; font-weight: 600; color: var(--soft) }
p { margin: 0 0 8px }
small { font-size: 12px; color: var(--soft) }
.eyebrow { margin: 0 0 10px; color: var(--soft); font-size: 13px; display: flex; flex-wrap: wrap; gap: 4px 14px }
.actor { margin: 12px 0 0; color: var(--soft) }
.actor span { margin-inline-end: 8px }
.eyebrow strong, .actor strong { color: var(--ink); font-weight: 600 }
.note { margin: 10px 0 0; color: var(--soft); font-size: 13px; max-width: 72ch }
.aside { margin: 12px 0 0; max-width: 80ch }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
.ids, .id { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: 12px }
.now, .test { margin: 24px 0 0; padding: 14px 20px; background: var(--panel); max-width: 80ch }
.now { border-inline-start: 4px solid var(--well) }
.now h2 { margin: 0 0 6px }
.now ul, .points { margin: 0; padding-inline-start: 18px }
.points { margin-top: 16px; max-width: 80ch }
.points + :is(.scroll, .odds) { margin-top: 12px }
.now li, .points li { padding: 2px 0 }
.test { border-radius: 8px }
.test strong { display: block; font-size: 13px; font-weight: 600; color: var(--soft) }
.picture { margin: 28px 0 0; padding: 18px 20px 16px; background: var(--panel); border-radius: 10px }
figcaption { margin: 0 0 12px; font-size: 13px; color: var(--soft) }
.lanes { display: grid; grid-template-columns: 168px minmax(0, 1fr) }
.names { padding-top: 26px; font-size: 12px; line-height: 20px; color: var(--soft) }
.names span { display: block; padding-inline-end: 10px; white-space: nowrap; overflow: hidden; text-overflow: ellipsis }
.names svg { float: left }
.names .longer { font-size: 10px; line-height: 10px; white-space: normal }
:is(.long, .longer) bdi { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden }
.names .group { position: relative; top: 3px; z-index: 1; width: max-content; max-width: min(80vw, 600px); color: var(--ink); font-weight: 600; line-height: 26px; background: linear-gradient(var(--panel) 0 0) 0 6px / 100% 16px no-repeat }
svg { direction: ltr; overflow: visible }
.lanes > svg, .track svg { display: block }
svg text { font-size: 11px; fill: var(--soft) }
.mark { font-size: 10.5px; fill: var(--ink); paint-order: stroke; stroke: var(--panel); stroke-width: 3px; stroke-linejoin: round }
.tick, .rule { stroke: var(--rule) }
.ladder { display: block; margin: 12px 0 4px }
.ladder .lane { fill: var(--ink); font-weight: 600 }
.rung path { fill: none; stroke: var(--pending); stroke-width: 1.5 }
.rung .mark { stroke: var(--paper) }
.refused path { stroke: var(--failed) }
.taken path { stroke: var(--well) }
.given-up path { stroke-dasharray: 4 3 }
.incident { fill: var(--tint) }
.incident-edge { stroke: var(--failed); stroke-dasharray: 2 3 }
.incident-bar, .f-failed { fill: var(--failed) }
.run { stroke: var(--soft); stroke-dasharray: 3 2 }
.bar { stroke-linejoin: round }
.well { fill: var(--well); stroke: var(--well) }
.failed { fill: url(#lk-failed); stroke: var(--failed); stroke-width: 1.5 }
.doubtful { fill: url(#lk-doubtful); stroke: var(--doubtful-dot) }
.pending { fill: var(--paper); stroke: var(--pending); stroke-width: 1.5; stroke-dasharray: 3 2 }
.idle { fill: var(--pending) }
.callee { fill: var(--callee); stroke: var(--callee) }
.tiny { stroke-width: 4 }
.f-failed-line { fill: var(--failed-line) }
.f-doubtful { fill: var(--doubtful) }
.f-doubtful-dot { fill: var(--doubtful-dot) }
.call-tick { stroke: var(--callee); stroke-width: 1.5 }
.call-tick.good { stroke: var(--well); stroke-width: 2.5 }
.call-tick.bad { stroke: var(--failed); stroke-width: 3 }
.failover { stroke: var(--ink); stroke-width: 1.4 }
.arrow-head { fill: var(--ink) }
.sign-lost { stroke: var(--failed); stroke-width: 2.6; stroke-linecap: round }
.sign-refused { fill: var(--paper); stroke: var(--failed); stroke-width: 2.2 }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: 4px 18px; margin: 12px 0 0; padding: 0; font-size: 12px; color: var(--soft) }
.legend li { display: flex; align-items: center; gap: 6px }
.equivalent { margin-top: 10px }
.equivalent summary { gap: 8px; font-size: 12px; color: var(--soft) }
.tiles { display: grid; grid-template-columns: repeat(6, minmax(0, 1fr)); margin: 0; border-block: 1px solid var(--rule) }
.tile { display: flex; flex-direction: column-reverse; justify-content: flex-end; padding-block: 14px; padding-inline-end: 12px }
.tile + .tile { padding-inline-start: 14px; border-inline-start: 1px solid var(--rule) }
.tile dt { font-size: 12.5px; line-height: 1.35; color: var(--soft) }
.tile dd { margin: 0; font-size: 30px; line-height: 1.15; font-weight: 600; letter-spacing: -0.02em }
.tile.bad dd, .fate.bad { color: var(--bad-ink) }
.tile.good dd { color: var(--well) }
table { border-collapse: collapse; width: 100%; font-size: 13px }
th, td { text-align: start; vertical-align: top; padding-block: 7px; padding-inline: 0 14px; border-bottom: 1px solid var(--rule); font-weight: 400 }
thead th { color: var(--soft); font-size: 12px; white-space: nowrap; vertical-align: bottom }
tbody th { font-weight: 600 }
caption { padding: 18px 0 2px; text-align: start; font-size: 13px; font-weight: 600; color: var(--soft) }
td small { display: block }
.figure { white-space: nowrap }
.figure small { display: inline }
.term { color: inherit; text-decoration: underline dotted var(--soft); text-underline-offset: 3px }
dfn { font-style: normal }
/* A shade at the side where there is more. */
.scroll { overflow-x: auto; overflow-wrap: break-word; background: linear-gradient(90deg, var(--paper) 50%, transparent) 0 / 36px 100% no-repeat local, linear-gradient(270deg, var(--paper) 50%, transparent) 100% / 36px 100% no-repeat local, linear-gradient(90deg, var(--rule), transparent) 0 / 14px 100% no-repeat, linear-gradient(270deg, var(--rule), transparent) 100% / 14px 100% no-repeat }
thead button { min-width: 24px; min-height: 24px; margin-block: -4px; padding: 0; border: 0; background: none; color: inherit; font: inherit; cursor: pointer }
thead button::before { content: "↕" }
[aria-sort="ascending"] button::before { content: "↑" }
[aria-sort="descending"] button::before { content: "↓" }
.filter { margin: 0 0 8px; font-size: 12px; color: var(--soft); display: flex; gap: 10px; align-items: center }
.scroll + .filter { margin-top: 20px }
.filter input { min-height: 26px; padding: 2px 8px; border: 1px solid var(--pending); border-radius: 6px; background: var(--paper); color: var(--ink); font: inherit }
.scroll:focus-visible, summary:focus-visible, button:focus-visible, .filter input:focus-visible { outline: 2px solid var(--well); outline-offset: 2px }
.odds { max-width: 760px }
.odds th, .odds td { border: 0; padding-block: 4px; vertical-align: middle }
.odds th { width: 200px; font-weight: 400; white-space: nowrap }
.odds .leader th, .leader .figure { font-weight: 650 }
.track { min-width: 80px }
.track rect { fill: var(--callee) }
.leader rect { fill: var(--well) }
.odds .figure { width: 64px; text-align: end }
.odds .words { width: 150px; color: var(--soft); white-space: nowrap }
.reasons { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 20px 40px; margin-top: 22px }
.reasons ul { list-style: none; margin: 0; padding: 0 }
.reasons li { display: grid; grid-template-columns: 38px 1fr; padding: 9px 0; border-top: 1px solid var(--rule); font-size: 14px; line-height: 1.45 }
.reasons small { display: block; margin-top: 2px }
.said { font-style: normal; font-weight: 600; color: var(--ink) }
.said::after { content: " ·"; font-weight: 400 }
.dots { font-size: 8px; letter-spacing: 1px; line-height: 20px; color: var(--well) }
.dots span { color: var(--rule) }
.call, .calm { border-bottom: 1px solid var(--rule) }
h2 + :is(.call, .calm) { border-top: 1px solid var(--rule) }
.calm > .call { margin-inline-start: 20px }
.calm > .call:last-child { border: 0 }
.calm > summary { color: var(--soft) }
.more > summary { color: var(--soft) }
summary { cursor: pointer; display: flex; flex-wrap: wrap; align-items: baseline; gap: 2px 14px; padding: 8px 2px; font-size: 13px; list-style: none }
summary::-webkit-details-marker { display: none }
summary::before { content: ""; width: 6px; height: 6px; border: solid var(--soft); border-width: 0 1.5px 1.5px 0; transform: rotate(-45deg); align-self: center }
:dir(rtl) > summary::before { transform: rotate(135deg) }
[open] > summary::before { transform: rotate(45deg) }
summary:hover .id { text-decoration: underline }
.call .scroll, .call > .note { margin-block: 0 14px; margin-inline: 22px 0 }
.fate { min-width: 172px; font-weight: 600 }
.fate::before { content: ""; display: inline-block; width: 9px; height: 9px; margin-inline-end: 7px; border-radius: 50%; border: 2px solid var(--callee); forced-color-adjust: none }
.fate.good::before { background: var(--well); border-color: var(--well) }
.fate.bad::before { background: var(--failed); border-color: var(--failed); border-radius: 1px }
.end, .party { color: var(--soft) }
.end { flex: 1 1 220px }
.ids { overflow-wrap: anywhere; min-width: 130px }
.wide { min-width: 880px }
.wide tbody th:not(.breaks) { white-space: nowrap }
.breaks, .prose { min-width: 7em }
.breaks { overflow-wrap: anywhere }
.attempts { min-width: 880px }
.attempts .result { min-width: 150px }
.moments th { width: 1%; font-weight: 400; white-space: nowrap; color: var(--soft) }
.moments thead th:nth-child(2) { width: auto }
.moments :last-child:is(td, th) { width: 1%; color: var(--soft); text-align: end; padding-inline-end: 0 }
.kpis thead th:nth-child(n + 9), :is(.wide, .attempts) thead th { white-space: normal }
.audio { min-width: 118px; padding-inline-end: 0 }
.about { margin: 0; font-size: 13px }
.about div { display: grid; grid-template-columns: 180px minmax(0, 1fr); gap: 0 12px; padding: 6px 0; border-bottom: 1px solid var(--rule) }
.about dt { color: var(--soft) }
.about dd { margin: 0 }
@media screen {
.out { display: none }
:is(.wide, .kpis, .attempts) :is(th, td) { font-size: 12px; padding-inline-end: 10px }
}
@media screen and (max-width: 720px) {
main { padding: 24px 16px 40px }
.lanes { grid-template-columns: 96px minmax(0, 1fr) }
.names { font-size: 11px }
.names .long { font-size: 10px; line-height: 10px; white-space: normal }
.picture { margin-inline: -16px; padding: 14px 16px; border-radius: 0 }
.wide :is(.breaks, .prose) { min-width: 13em }
.minor, .odds .words, .moments :last-child:is(td, th) { display: none }
.tiles { grid-template-columns: repeat(3, minmax(0, 1fr)) }
.tile:nth-child(4) { padding-inline-start: 0; border-inline-start: 0 }
.tile:nth-child(n + 4) { border-top: 1px solid var(--rule) }
.reasons, .about div { grid-template-columns: 1fr }
.odds th { width: auto; white-space: normal; overflow-wrap: normal }
.end { flex-basis: 100% }
.call .scroll, .call > .note { margin-inline: 0 }
}
@media print {
@page { size: A4; margin: 14mm }
.names .long, .names .longer { font-size: 9px; line-height: 10px; white-space: normal }
.audio { min-width: 0 }
:root { color-scheme: light; --panel: #fff; --ink: #000; --soft: #444; --rule: #ccc; --pending: #777 }
body { font-size: 10.5pt }
main { max-width: none; padding: 0 }
h1 { max-width: none; font-size: 17pt }
.now { max-width: none; margin-top: 12pt; padding-block: 0 }
.picture { margin-top: 12pt; padding: 0; break-inside: avoid }
.paper-90 { zoom: 0.9 }
.paper-85 { zoom: 0.85 }
.paper-80 { zoom: 0.8 }
.paper-75 { zoom: 0.75 }
.paper-70 { zoom: 0.7 }
.paper-65 { zoom: 0.65 }
.about div { padding-block: 3pt; break-inside: avoid }
.terms { columns: 2; column-gap: 24pt }
.terms div { display: block }
.terms dt { display: inline; font-weight: 600 }
.terms dd { display: inline }
.terms dt::after { content: " · " }
svg, .fate::before { print-color-adjust: exact; -webkit-print-color-adjust: exact }
table, summary, .reasons li { font-size: 8.5pt }
small, .ids { font-size: 7pt }
.tile dd { font-size: 20pt }
h2 { margin-top: 22pt; break-after: avoid }
tr, li, .tiles, summary, .call.printed { break-inside: avoid }
h3, thead, tbody tr:first-child { break-before: avoid; break-after: avoid }
.scroll { overflow: visible }
.attempts, .attempts .result, .ids { min-width: 0 }
.scroll { background: none }
.wide { min-width: 0 }
.wide :is(td, th) { font-size: 7.5pt }
.breaks { min-width: 6em }
.wide .prose { min-width: 8.5em }
.attempts :is(td, th) { font-size: 7.5pt }
.figure, thead th { white-space: normal }
.lanes { grid-template-columns: 130px minmax(0, 1fr) }
th, td { padding-block: 3pt; padding-inline: 0 6pt }
/* Paper shows the attempts of the first calls that met a fault; what went well stays one line. */
.printed::details-content { content-visibility: visible; block-size: auto }
.equivalent, .more > summary, summary::before, thead button, .filter { display: none }
.moments .figure { white-space: nowrap }
.reasons { grid-template-columns: 1fr }
.end { flex-basis: auto }
.call .scroll, .call > .note { margin-block: 0 4pt; margin-inline: 0 }
}
/* Windows' contrast themes: the reader's own colours, and texture keeps the states apart. */
@media (forced-colors: active) {
:root { --paper: Canvas; --panel: Canvas; --ink: CanvasText; --soft: CanvasText; --rule: GrayText; --well: Highlight; --failed: CanvasText; --failed-line: Canvas; --doubtful: Canvas; --doubtful-dot: CanvasText; --pending: GrayText; --callee: GrayText; --tint: transparent; --bad-ink: CanvasText }
}
</style>`;

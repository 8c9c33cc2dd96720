/** OTLP's JSON (opentelemetry-proto 1.x, "JSON Protobuf Encoding"), as much of it as we write. 64-bit numbers are decimal texts. */

import { wellFormed } from "../../src/excerpt.ts";

export type Value = string | number | boolean | readonly string[];

interface AnyValue {
  readonly stringValue?: string;
  readonly boolValue?: boolean;
  readonly intValue?: string;
  readonly doubleValue?: number;
  readonly arrayValue?: { readonly values: readonly AnyValue[] };
}

interface KeyValue {
  readonly key: string;
  readonly value: AnyValue;
}

export interface LogRecord {
  readonly timeUnixNano: string;
  readonly observedTimeUnixNano: string;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly eventName: string;
  readonly body: AnyValue;
  readonly attributes: readonly KeyValue[];
}

export interface NumberDataPoint {
  readonly startTimeUnixNano: string;
  readonly timeUnixNano: string;
  readonly asInt?: string;
  readonly asDouble?: number;
  readonly attributes: readonly KeyValue[];
}

export interface Metric {
  readonly name: string;
  readonly unit: string;
  readonly description: string;
  readonly gauge?: { readonly dataPoints: readonly NumberDataPoint[] };
  readonly sum?: {
    readonly dataPoints: readonly NumberDataPoint[];
    readonly aggregationTemporality: number;
    readonly isMonotonic: boolean;
  };
}

interface Scope {
  readonly name: string;
  readonly version?: string;
}

export interface Resource {
  readonly attributes: readonly KeyValue[];
}

export interface LogsRequest {
  readonly resourceLogs: readonly [
    { readonly resource: Resource; readonly scopeLogs: readonly [{ readonly scope: Scope; readonly logRecords: readonly LogRecord[] }] },
  ];
}

export interface MetricsRequest {
  readonly resourceMetrics: readonly [
    { readonly resource: Resource; readonly scopeMetrics: readonly [{ readonly scope: Scope; readonly metrics: readonly Metric[] }] },
  ];
}

export function anyValueOf(value: Value): AnyValue {
  if (typeof value === "string") return { stringValue: wellFormed(value) };
  if (typeof value === "boolean") return { boolValue: value };
  if (typeof value === "number") return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  return { arrayValue: { values: value.map(anyValueOf) } };
}

/** What is undefined is left out, and what was no number when its report was written, where JSON has null for it. */
export const attributesOf = (values: Readonly<Record<string, Value | null | undefined>>): KeyValue[] =>
  Object.entries(values).flatMap(([key, value]) =>
    value === undefined || value === null || (typeof value === "number" && !Number.isFinite(value))
      ? []
      : [{ key: wellFormed(key), value: anyValueOf(value) }],
  );

/** The last ms of which the ns are an int64, in 2262: a backend takes no later time. */
const lastMs = 9_223_372_036_854;

/** ns since 1970, as fixed64 asks; what is no time, or one before, is 1970. */
export const nanosOf = (dateMs: number): string => String(BigInt(dateMs > 0 ? Math.min(Math.round(dateMs), lastMs) : 0) * 1_000_000n);

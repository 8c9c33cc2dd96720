/** What a receiver makes of our JSON: the official message types, read as strictly as the Protobuf JSON mapping asks. */
import { createFileRegistry, fromBinary, fromJson, toBinary, toJson, type JsonValue } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { readFileSync } from "node:fs";

/** The descriptors of the logs and metrics services, as the Python package `opentelemetry-proto` 1.45.0 carries them. */
const registry = createFileRegistry(
  fromBinary(FileDescriptorSetSchema, readFileSync(new URL("opentelemetry-proto.binpb", import.meta.url))),
);

const messages = {
  logs: "opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest",
  metrics: "opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest",
} as const;

/**
 * Through the wire form and back.
 * @throws where a field is not known, or a value is of the wrong kind.
 */
export function throughProto(signal: keyof typeof messages, json: unknown): unknown {
  const schema = registry.getMessage(messages[signal]);
  if (!schema) throw new Error(`no ${messages[signal]}`);
  const message = fromJson(schema, json as JsonValue);
  // OTLP has numbers for its enums, where the mapping would have names.
  return toJson(schema, fromBinary(schema, toBinary(schema, message)), { enumAsInteger: true });
}

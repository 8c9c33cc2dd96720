/** A step of the preflight, and what it may look at. */

/** What is looked at of the page. */
export interface PreflightHost {
  readonly isSecureContext?: boolean;
  readonly navigator?: Pick<Navigator, "mediaDevices">;
  readonly document?: { readonly permissionsPolicy?: FeaturePolicy; readonly featurePolicy?: FeaturePolicy };
  readonly RTCPeerConnection?: new (configuration?: RTCConfiguration) => RTCPeerConnection;
  readonly AudioContext?: new () => AudioContext;
}

/** What Chromium calls `document.featurePolicy`; other browsers have none. */
interface FeaturePolicy {
  allowsFeature(feature: string): boolean;
}

/** One step of the preflight. It fails by throwing; the error's `name` is the finding. */
export interface Check {
  readonly name: string;
  readonly needs?: readonly string[];
  readonly timeoutMs?: number;
  run(signal: AbortSignal): unknown;
}

/** What a check found: its name goes on record, its message is for whoever debugs. */
export class Finding extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/** What the page itself may do with the microphone, whoever sits before it: read by `adapters/webrtc/` and `adapters/preflight/`. */

/** What is looked at of the page. */
export interface PagePolicy {
  readonly isSecureContext?: boolean;
  readonly document?: { readonly permissionsPolicy?: FeaturePolicy; readonly featurePolicy?: FeaturePolicy };
}

/** What Chromium calls `document.featurePolicy`; other browsers have none. */
interface FeaturePolicy {
  allowsFeature(feature: string): boolean;
}

/** Why no agent can give it one (W3C Secure Contexts; Permissions Policy); undefined where one may. */
export function microphoneForbidden({ isSecureContext, document }: PagePolicy): string | undefined {
  if (isSecureContext === false) return "the page is not served by https: no browser gives it a microphone";
  const policy = document?.permissionsPolicy ?? document?.featurePolicy;
  return policy?.allowsFeature("microphone") === false
    ? 'the page is in a frame without allow="microphone", or its Permissions-Policy header forbids it'
    : undefined;
}

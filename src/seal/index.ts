/** `linekeeper/seal`: was a journal or a report changed since it was written? Needs WebCrypto: a secure page, or Node. */
export {
  createSealReader,
  isSealedLine,
  journalDigest,
  sealJournal,
  verifyJournal,
  type JournalDigest,
  type SealFault,
  type SealReader,
} from "./chain.ts";
export { signReport, verifyReport, withJournalDigest } from "./signature.ts";

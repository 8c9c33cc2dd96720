import { memoryStore } from "../../src/store/memory.ts";
import { storeContract } from "../support/store-contract.ts";

storeContract("memory", () => {
  const store = memoryStore();
  return () => store;
});

/** `linekeeper/crm`: joins the softphone to the CRM that it is embedded in. */
export { attachHost, type AttachedHost, type AttachOptions, type HostReadiness } from "./attach.ts";
export {
  HostFault,
  type CrmHost,
  type Disposition,
  type HostCall,
  type HostClick,
  type HostEvents,
  type HostFaultName,
  type HostStep,
  type HostStepName,
} from "./host.ts";

/** The screens of one file that is fetched apart: what is opened now and then. See Screens.svelte. */
import '../words/office';
export { default as ChartAccess } from './office/ChartAccess.svelte';
export { default as Office } from './office/Office.svelte';
export { default as Security } from './security/Security.svelte';
export { default as Settings } from './settings/Settings.svelte';
export { default as Sync } from './sync/Sync.svelte';

/** The screens of one file that is fetched apart: a chart, the visit and what comes of it. See Screens.svelte. */
export { default as Chart } from './chart/Chart.svelte';
export { default as RecordDetail } from './chart/RecordDetail.svelte';
export { default as Decide } from './review/Decide.svelte';
export { default as NotAccepted } from './review/NotAccepted.svelte';
export { default as Review } from './review/Review.svelte';
export { default as Summary } from './summary/Summary.svelte';
export { default as Visit } from './visit/Visit.svelte';

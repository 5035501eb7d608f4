/** Fetches the charts, which are a bundle of their own; asked for early, it is there when the answer is. */
export const loadChartView = () => import("../chart/ChartView");

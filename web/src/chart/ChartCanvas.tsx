import { useComputedColorScheme } from "@mantine/core";
import { useElementSize, useMergedRef, useReducedMotion } from "@mantine/hooks";
import { useEffect, useImperativeHandle, useRef, type Ref } from "react";
import { init, type ECharts, type EChartsCoreOption } from "./echarts";
import { DARK, LIGHT } from "./colours";
import { prepareOption, type JsonOption } from "./option";

/** What can be asked of a chart that is drawn. */
export interface ChartHandle {
  /** The chart as a PNG data address, twice as sharp as on the screen. */
  toPng: () => string | undefined;
}

interface CanvasProps {
  option: JsonOption;
  /** What the chart shows, for those who do not see it. */
  label: string;
  height: number;
  ref?: Ref<ChartHandle>;
}

/** Draws an option; again when its place, the scheme or the option changes. */
export function ChartCanvas({ option, label, height, ref }: CanvasProps) {
  const scheme = useComputedColorScheme("light");
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<ECharts | null>(null);
  const { ref: measure, width } = useElementSize<HTMLDivElement>();
  const still = useReducedMotion();
  const colours = scheme === "dark" ? DARK : LIGHT;

  useEffect(() => {
    if (!host.current) return;
    const drawn = init(host.current);
    chart.current = drawn;
    return () => {
      chart.current = null;
      drawn.dispose();
    };
  }, []);

  useEffect(() => {
    if (width === 0) return;
    const font = host.current ? getComputedStyle(host.current).fontFamily : "sans-serif";
    const prepared = prepareOption(option, colours, width);
    const style = { ...(prepared["textStyle"] as JsonOption), fontFamily: font };
    chart.current?.resize({ width, height });
    chart.current?.setOption({ ...prepared, animation: !still, textStyle: style } as EChartsCoreOption, { notMerge: true });
  }, [option, colours, width, height, still]);

  useImperativeHandle(ref, () => ({
    toPng: () =>
      chart.current?.getDataURL({ type: "png", pixelRatio: 2, backgroundColor: colours.surface }),
  }));

  const place = useMergedRef(host, measure);
  return (
    <figure aria-label={label} style={{ margin: 0 }}>
      {/* ECharts itself says here what it draws, figure by figure. */}
      <div ref={place} role="img" style={{ width: "100%", height }} />
    </figure>
  );
}

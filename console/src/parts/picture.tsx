// Pictures of figures, loaded when the first is shown: bars, lines with a band, a grid of colours. Each
// stands beside a table that says the same, and can be taken away as an image.
import { useComputedColorScheme } from '@mantine/core';
import { BarChart, CustomChart, HeatmapChart, LineChart } from 'echarts/charts';
import { AriaComponent, GraphicComponent, GridComponent, LegendComponent, TitleComponent, TooltipComponent, VisualMapComponent } from 'echarts/components';
import * as echarts from 'echarts/core';
import { CanvasRenderer, SVGRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { Drawing } from './drawing';

echarts.use([BarChart, CustomChart, HeatmapChart, LineChart, AriaComponent, GraphicComponent, GridComponent, LegendComponent, TitleComponent, TooltipComponent, VisualMapComponent, CanvasRenderer, SVGRenderer]);

type Ink = { text: string; faint: string; colours: string[]; scale: string[]; ground: string };
const INK: Record<'light' | 'dark', Ink> = {
  light: { text: '#495057', faint: '#e9ecef', colours: ['#087f5b', '#f08c00', '#5f3dc4', '#adb5bd'], scale: ['#f1f8f5', '#96d6bb', '#087f5b'], ground: '#ffffff' },
  dark: { text: '#c9c9c9', faint: '#3b3b3b', colours: ['#38d9a9', '#ffd43b', '#b197fc', '#868e96'], scale: ['#1b2b26', '#2a7a61', '#63e6be'], ground: '#242424' },
};

/** Whether dark ink is easier to read on a part of the scale. */
const onScale = (part: number, scheme: 'light' | 'dark') => (scheme === 'light' ? part < 0.85 : part > 0.55) ? '#1a1b1e' : '#ffffff';

type Placed = { coord: (at: (number | string)[]) => [number, number]; value: (at: number) => number };
type Option = Parameters<ReturnType<typeof echarts.init>['setOption']>[0];

/** From where to where a figure lies, drawn over its bar. */
function whiskers(drawing: Extract<Drawing, { kind: 'bars' }>, ink: Ink) {
  const rows = drawing.across.map((_, at) => ({ at, range: drawing.ranges?.[at] })).filter((row) => row.range);
  if (rows.length === 0) return [];
  return [
    {
      type: 'custom' as const,
      silent: true,
      z: 5,
      data: rows.map((row) => [row.at, row.range![0], row.range![1]]),
      renderItem: (_: unknown, api: unknown) => {
        const placed = api as Placed;
        const [x, low] = placed.coord([placed.value(0), placed.value(1)]);
        const [, high] = placed.coord([placed.value(0), placed.value(2)]);
        const style = { stroke: ink.text, lineWidth: 1.5 };
        const line = (x1: number, y1: number, x2: number, y2: number) => ({ type: 'line', shape: { x1, y1, x2, y2 }, style });
        return { type: 'group', children: [line(x, low, x, high), line(x - 4, low, x + 4, low), line(x - 4, high, x + 4, high)] };
      },
    },
  ];
}

function option(drawing: Drawing, scheme: 'light' | 'dark', said: (value: number) => string): Option {
  const ink = INK[scheme];
  const axis = { axisLabel: { color: ink.text }, axisTick: { show: false }, axisLine: { lineStyle: { color: ink.faint } } };
  const base = {
    animation: false,
    color: ink.colours,
    textStyle: { fontFamily: 'system-ui, sans-serif' },
    grid: { left: 8, right: 12, top: 36, bottom: 8, containLabel: true },
  };
  // Written as text and not as a page, which the page's own rules would not let be styled.
  const tip = { renderMode: 'richText' as const, confine: true, backgroundColor: ink.ground, textStyle: { color: ink.text } };
  if (drawing.kind === 'grid') {
    return {
      ...base,
      grid: { ...base.grid, top: 8, bottom: 8 },
      tooltip: { ...tip, formatter: (at: unknown) => {
        const [x, y, , shown] = (at as { value: [number, number, number, string] }).value;
        return `${drawing.down[y]}, ${drawing.across[x]}: ${shown}`;
      } },
      xAxis: { type: 'category', data: drawing.across, position: 'top', ...axis, splitArea: { show: false } },
      yAxis: { type: 'category', data: drawing.down, inverse: !drawing.upwards, ...axis },
      visualMap: { show: false, min: 0, max: drawing.most || 1, inRange: { color: ink.scale }, dimension: 2 },
      series: [{
        type: 'heatmap',
        data: drawing.cells.map((cell) => ({
          value: [cell.x, cell.y, cell.value, cell.shown],
          label: { color: onScale(cell.value / (drawing.most || 1), scheme) },
        })),
        label: { show: drawing.across.length <= 14, formatter: (at: unknown) => (at as { value: [number, number, number, string] }).value[3], fontSize: 11 },
        itemStyle: { borderColor: ink.ground, borderWidth: 1 },
      }],
    } as Option;
  }
  const legend = { top: 0, left: 0, itemGap: 20, textStyle: { color: ink.text } };
  const values = { type: 'value' as const, axisLabel: { color: ink.text, formatter: said }, splitLine: { lineStyle: { color: ink.faint } } };
  if (drawing.kind === 'bars') {
    return {
      ...base,
      tooltip: { ...tip, trigger: 'axis', axisPointer: { type: 'shadow' }, valueFormatter: (value: unknown) => said(Number(value)) },
      legend: drawing.lines.length > 1 ? legend : undefined,
      grid: { ...base.grid, top: drawing.lines.length > 1 ? 36 : 12 },
      xAxis: { type: 'category', data: drawing.across, ...axis, axisLabel: { ...axis.axisLabel, ...(drawing.across.length <= 10 ? { interval: 0 } : {}), ...(drawing.across.length > 4 && drawing.across.some((name) => name.length > 5) ? { rotate: 30 } : {}) } },
      yAxis: values,
      series: [
        ...drawing.lines.map((line) => ({ type: 'bar' as const, name: line.name, data: line.values, barMaxWidth: 32, stack: drawing.stacked ? 'all' : undefined, itemStyle: { borderRadius: [3, 3, 0, 0] } })),
        ...whiskers(drawing, ink),
      ],
    } as Option;
  }
  const band = drawing.band;
  return {
    ...base,
    tooltip: { ...tip, trigger: 'axis', valueFormatter: (value: unknown) => (value === null || value === undefined ? '–' : said(Number(value))) },
    legend: { ...legend, data: drawing.lines.map((line) => line.name) },
    xAxis: { type: 'category', data: drawing.across, boundaryGap: false, ...axis },
    yAxis: values,
    series: [
      ...(band
        ? [
            { type: 'line', data: band.low, stack: 'band', symbol: 'none', lineStyle: { opacity: 0 }, silent: true, tooltip: { show: false } },
            { type: 'line', data: band.high.map((high, at) => (high === null ? null : high - (band.low[at] ?? 0))), stack: 'band', symbol: 'none', lineStyle: { opacity: 0 }, areaStyle: { color: ink.colours[1], opacity: 0.22 }, silent: true, tooltip: { show: false } },
          ]
        : []),
      ...drawing.lines.map((line, at) => ({ type: 'line', name: line.name, data: line.values, symbolSize: 5, lineStyle: { width: 2, type: at === 0 ? 'solid' : 'dashed' }, itemStyle: { color: ink.colours[at] } })),
    ],
  } as Option;
}

/** An image of it, with its title and what it says below. */
export function image(drawing: Drawing, title: string, sub: string, said: (value: number) => string): string {
  const [width, height] = [960, 560];
  const chart = echarts.init(document.createElement('div'), undefined, { renderer: 'canvas', width, height, devicePixelRatio: 2 });
  const plain = option(drawing, 'light', said) as { grid: object; legend?: object };
  chart.setOption({
    ...plain,
    animation: false,
    backgroundColor: '#ffffff',
    grid: { ...plain.grid, top: 128, left: 24, right: 24, bottom: 24 },
    ...(plain.legend ? { legend: { ...plain.legend, top: 92, left: 24 } } : {}),
    title: { text: title, subtext: sub, left: 24, top: 16, textStyle: { color: '#212529', fontSize: 20 }, subtextStyle: { color: '#495057', fontSize: 12, lineHeight: 18, width: width - 48, overflow: 'break' } },
  } as Option);
  // It paints on in frames to come, and must not be gone by then.
  setTimeout(() => chart.dispose(), 2_000);
  return chart.getDataURL({ type: 'png', backgroundColor: '#ffffff' });
}

export default function Picture({ label, drawing, said, pick, height }: { label: string; drawing: Drawing; said: (value: number) => string; pick?: ((x: number, y: number) => void) | undefined; height: number }) {
  const box = useRef<HTMLDivElement>(null);
  const scheme = useComputedColorScheme('light');
  const { i18n } = useTranslation();
  const now = useRef({ drawing, said, pick });
  now.current = { drawing, said, pick };
  // Drawn anew when it would look or read otherwise, and not whenever the page around it is.
  const content = JSON.stringify([drawing, said(1)]);
  useEffect(() => {
    if (!box.current) return;
    const { drawing, said } = now.current;
    const chart = echarts.init(box.current, undefined, { renderer: 'svg' });
    chart.setOption({ ...option(drawing, scheme, said), aria: { enabled: true, label: { description: label } } } as Option);
    chart.on('click', (at: unknown) => {
      const { dataIndex, value } = at as { dataIndex: number; value: unknown };
      if (Array.isArray(value) && drawing.kind === 'grid') now.current.pick?.(value[0] as number, value[1] as number);
      else now.current.pick?.(dataIndex, 0);
    });
    const watch = new ResizeObserver(([of]) => {
      if (of && Math.round(of.contentRect.width) !== chart.getWidth()) chart.resize();
    });
    watch.observe(box.current);
    return () => {
      watch.disconnect();
      chart.dispose();
    };
    // The words of the numbers change with the language.
  }, [label, content, scheme, i18n.language]);
  return <div ref={box} role="img" aria-label={label} style={{ height, cursor: pick ? 'pointer' : undefined }} />;
}

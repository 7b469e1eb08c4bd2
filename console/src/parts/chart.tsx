// A chart of bars, loaded when it is first shown. It is a picture beside a table: what it says, the
// table says too.
import { useComputedColorScheme } from '@mantine/core';
import { BarChart } from 'echarts/charts';
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from 'echarts/components';
import * as echarts from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'react';

echarts.use([BarChart, AriaComponent, GridComponent, LegendComponent, TooltipComponent, SVGRenderer]);

type Line = { name: string; values: number[] };

export default function Chart({ label, across, lines }: { label: string; across: string[]; lines: Line[] }) {
  const box = useRef<HTMLDivElement>(null);
  const dark = useComputedColorScheme('light') === 'dark';
  // The lists may be made anew by each rendering: it is drawn again where they say something else.
  const said = JSON.stringify({ across, lines });
  useEffect(() => {
    if (!box.current) return;
    const { across, lines } = JSON.parse(said) as { across: string[]; lines: Line[] };
    const ink = dark ? '#c9c9c9' : '#495057';
    const chart = echarts.init(box.current, undefined, { renderer: 'svg' });
    chart.setOption({
      animation: false,
      aria: { enabled: true, label: { description: label } },
      color: dark ? ['#38d9a9', '#ffd43b', '#868e96'] : ['#087f5b', '#f08c00', '#adb5bd'],
      textStyle: { fontFamily: 'system-ui, sans-serif' },
      grid: { left: 8, right: 8, top: 40, bottom: 8, containLabel: true },
      legend: { top: 0, left: 0, itemGap: 24, textStyle: { color: ink } },
      tooltip: { trigger: 'axis', axisPointer: { type: 'shadow' } },
      xAxis: { type: 'category', data: across, axisLabel: { color: ink }, axisTick: { show: false } },
      yAxis: { type: 'value', axisLabel: { color: ink }, splitLine: { lineStyle: { color: dark ? '#3b3b3b' : '#e9ecef' } } },
      series: lines.map((line) => ({ type: 'bar', name: line.name, data: line.values, barMaxWidth: 18, itemStyle: { borderRadius: [3, 3, 0, 0] } })),
    });
    const watch = new ResizeObserver(([of]) => {
      if (of && Math.round(of.contentRect.width) !== chart.getWidth()) chart.resize();
    });
    watch.observe(box.current);
    return () => {
      watch.disconnect();
      chart.dispose();
    };
  }, [label, said, dark]);
  return <div ref={box} role="img" aria-label={label} style={{ height: 300 }} />;
}

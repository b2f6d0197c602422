"use strict";
// Draws what the page carries in #run: bars with fills, equity, drawdown; and lets tables be sorted.
(() => {
  const run = JSON.parse(document.getElementById("run").textContent);
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  const said = (number, digits) =>
    number.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const moment = (seconds) => new Date(seconds * 1000).toISOString().slice(0, 16).replace("T", " ");

  const MOST_MARKS = 400;

  const digitsOf = (price) => (price >= 1000 ? 2 : Math.min(10, Math.max(2, 4 - Math.floor(Math.log10(price)))));

  function barsOf(prices) {
    let time = prices.first;
    return prices.close.map((close, i) => {
      if (i) time += prices.apart[i - 1] * prices.step;
      return { time, open: prices.open[i], high: prices.high[i], low: prices.low[i], close };
    });
  }

  function drawPrice() {
    const box = document.getElementById("price-chart");
    if (!box) return;
    const reading = document.getElementById("bar");
    const crowd = document.getElementById("crowd");
    const choice = document.getElementById("symbol");
    const chart = LightweightCharts.createChart(box, {
      autoSize: true,
      handleScroll: { vertTouchDrag: false },
      layout: { background: { color: "transparent" }, attributionLogo: true },
      timeScale: { minBarSpacing: 0.02 },
    });
    const series = chart.addSeries(LightweightCharts.CandlestickSeries, { borderVisible: false });
    const marks = LightweightCharts.createSeriesMarkers(series, []);
    let [prices, bars, digits] = [run.prices[0], [], 2];

    const paint = () => {
      const [gain, loss, line] = [colour("gain"), colour("loss"), colour("line")];
      chart.applyOptions({
        layout: { textColor: colour("quiet") },
        grid: { vertLines: { color: line }, horzLines: { color: line } },
        rightPriceScale: { borderColor: line },
        timeScale: { borderColor: line },
      });
      series.applyOptions({ upColor: gain, wickUpColor: gain, downColor: loss, wickDownColor: loss });
    };
    // Where arrows would hide the price, there are none: a line says how many wait for a closer look.
    const mark = () => {
      const seen = chart.timeScale().getVisibleLogicalRange() || { from: 0, to: bars.length };
      const inside = prices.fills.filter(([bar]) => bar >= seen.from && bar <= seen.to);
      const crowded = inside.length > MOST_MARKS;
      const fills = inside.reduce((sum, [, , times]) => sum + times, 0);
      crowd.textContent = crowded ? `${said(fills, 0)} fills are too many to show: zoom in to see them. ` : "";
      marks.setMarkers(
        (crowded ? [] : inside).map(([bar, side, times]) => ({
          time: bars[bar].time,
          text: times > 1 ? `${times}×` : "",
          position: side > 0 ? "belowBar" : "aboveBar",
          shape: side > 0 ? "arrowUp" : "arrowDown",
          color: colour(side > 0 ? "accent" : "warn"),
        })),
      );
    };
    const show = () => {
      prices = run.prices.find((each) => each.symbol === choice.value) || run.prices[0];
      bars = barsOf(prices);
      digits = digitsOf(bars.length ? bars[bars.length - 1].close : 1);
      series.applyOptions({ priceFormat: { type: "price", precision: digits, minMove: 10 ** -digits } });
      chart.applyOptions({ timeScale: { timeVisible: prices.step < 86400, secondsVisible: prices.step < 60 } });
      series.setData(bars);
      chart.timeScale().fitContent();
      mark();
    };

    // The wheel scrolls the page over the chart until someone has clicked into it.
    const wheel = (on) => chart.applyOptions({ handleScroll: { mouseWheel: on }, handleScale: { mouseWheel: on } });
    wheel(false);
    box.addEventListener("pointerdown", () => wheel(true));
    box.addEventListener("pointerleave", () => wheel(false));

    paint();
    show();
    choice.addEventListener("change", show);
    dark.addEventListener("change", () => { paint(); mark(); });
    chart.timeScale().subscribeVisibleLogicalRangeChange(mark);
    chart.subscribeCrosshairMove((at) => {
      const bar = at.seriesData.get(series);
      reading.textContent = bar
        ? `${moment(bar.time)}  open ${said(bar.open, digits)}  high ${said(bar.high, digits)}` +
          `  low ${said(bar.low, digits)}  close ${said(bar.close, digits)}`
        : "";
    });
  }

  function drawCurve(id, label, values, tone, write) {
    const box = document.getElementById(id);
    if (!box) return;
    let plot = null;
    const draw = () => {
      if (plot) plot.destroy();
      const axis = { stroke: colour("quiet"), grid: { stroke: colour("line"), width: 1 }, ticks: { show: false } };
      plot = new uPlot(
        {
          width: box.clientWidth,
          height: box.clientHeight - 28,
          tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
          cursor: { sync: { key: "run" }, drag: { x: true, y: false } },
          axes: [axis, { ...axis, size: 72, values: (_, ticks) => ticks.map(write) }],
          series: [
            { label: "Time", value: (_, at) => (at == null ? "–" : moment(at)) },
            {
              label,
              stroke: colour(tone),
              width: 1.5,
              fill: `${colour(tone)}22`,
              points: { show: false },
              value: (_, value) => (value == null ? "–" : write(value)),
            },
          ],
        },
        [run.curve.times, values],
        box,
      );
    };
    draw();
    dark.addEventListener("change", draw);
    new ResizeObserver(() => plot.setSize({ width: box.clientWidth, height: box.clientHeight - 28 })).observe(box);
  }

  // Texts such as "+1,234.50", "−3.2%" and "12×" sort as numbers, all others as text.
  function key(row, column) {
    const text = row.cells[column].textContent;
    const number = text.replace("−", "-").replace(/[+,%×]/g, "");
    return number !== "" && !Number.isNaN(Number(number)) ? Number(number) : text;
  }

  function makeSortable(table) {
    table.querySelectorAll("thead th").forEach((head, column, heads) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const up = head.getAttribute("aria-sort") !== "ascending";
        heads.forEach((each) => each.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", up ? "ascending" : "descending");
        const body = table.tBodies[0];
        const rows = [...body.rows].map((row) => [key(row, column), row]);
        rows.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0) * (up ? 1 : -1));
        body.append(...rows.map(([, row]) => row));
      });
    });
  }

  const small = Math.max(...run.curve.equity, 0) < 100;
  drawPrice();
  drawCurve("equity-chart", `Equity (${run.currency})`, run.curve.equity, "accent", (v) => said(v, small ? 2 : 0));
  drawCurve("drawdown-chart", "Drawdown", run.curve.drawdown, "loss", (v) => `${said(v * 100, 1)}%`);
  document.querySelectorAll("table.sortable").forEach(makeSortable);
})();

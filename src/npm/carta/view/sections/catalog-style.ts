// How a catalog's sources are drawn: the same for all, or by a column of its table.
import type { Field } from "../section.js";

/** In an order in which none undoes what was set before it. "a", "b": 6.0.0 and 4.1.0. */
export const PLOT: readonly Field[] = [
  ["setCatalogPlotType", "catalogPlotType"],
  ["setxAxis", "xAxis"],
  ["setyAxis", "yAxis"],
  ["setCatalogColor", "catalogColor"],
  ["setHighlightColor", "highlightColor"],
  ["setCatalogDisplayMode", "catalogDisplayMode"],
  ["setCanvasSizeUnit", "canvasSizeUnit"],
  ["setWorldSizeUnit", "worldSizeUnit"],
  ["setCatalogSize", "showedCatalogSize", "catalogSize"],
  ["setCatalogShape", "catalogShape"],
  ["setThickness", "thickness"],

  ["setSizeMap", "sizeMapColumn"],
  ["setSizeArea", "isSizeAreaMode", "sizeArea"],
  ["setSizeMin", "pointSizebyType.min"],
  ["setSizeMax", "pointSizebyType.max"],
  ["setSizeScalingType", "sizeScalingType"],
  ["setSizeColumnMin", "sizeColumnMin.clipd"],
  ["setSizeColumnMax", "sizeColumnMax.clipd"],

  ["setSizeMinorMap", "sizeMinorMapColumn"],
  ["setSizeMinorArea", "isSizeMinorAreaMode", "sizeMinorArea"],
  ["setMinorSizeMin", "minorPointSizebyType.min"],
  ["setMinorSizeMax", "minorPointSizebyType.max"],
  ["setSizeMinorScalingType", "sizeMinorScalingType"],
  ["setSizeMinorColumnMin", "sizeMinorColumnMin.clipd"],
  ["setSizeMinorColumnMax", "sizeMinorColumnMax.clipd"],

  ["setColorMapColumn", "colorMapColumn"],
  ["setColorMap", "colorMap"],
  ["setColorMapDirection", "isInvertedColorMap", "invertedColorMap"],
  ["setColorScalingType", "colorScalingType"],
  ["setColorColumnMin", "colorColumnMin.clipd"],
  ["setColorColumnMax", "colorColumnMax.clipd"],

  ["setOrientationMapColumn", "orientationMapColumn"],
  ["setOrientationScalingType", "orientationScalingType"],
  ["setAngleMin", "angleMin"],
  ["setAngleMax", "angleMax"],
  ["setOrientationMin", "orientationMin.clipd"],
  ["setOrientationMax", "orientationMax.clipd"],
];

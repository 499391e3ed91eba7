package io.medley.task;

/** The heat map of one word of the explained text (word pieces of one word are merged by taking their mean). */
public record WordMap(String word, HeatMap map) {}

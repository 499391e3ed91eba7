package io.medley.scenes;

import java.util.Locale;

/** The kinds of things in the small world, each with a silhouette of its own. */
public enum Kind {
    CAT(Category.ANIMAL, "cats", AnimalFigures.cat()),
    DOG(Category.ANIMAL, "dogs", AnimalFigures.dog()),
    BIRD(Category.ANIMAL, "birds", AnimalFigures.bird()),
    FISH(Category.ANIMAL, "fish", AnimalFigures.fish()),
    RABBIT(Category.ANIMAL, "rabbits", AnimalFigures.rabbit()),
    TURTLE(Category.ANIMAL, "turtles", AnimalFigures.turtle()),
    BUTTERFLY(Category.ANIMAL, "butterflies", AnimalFigures.butterfly()),
    SNAIL(Category.ANIMAL, "snails", AnimalFigures.snail()),
    CAR(Category.VEHICLE, "cars", VehicleFigures.car()),
    BUS(Category.VEHICLE, "buses", VehicleFigures.bus()),
    TRUCK(Category.VEHICLE, "trucks", VehicleFigures.truck()),
    BOAT(Category.VEHICLE, "boats", VehicleFigures.boat()),
    PLANE(Category.VEHICLE, "planes", VehicleFigures.plane()),
    ROCKET(Category.VEHICLE, "rockets", VehicleFigures.rocket()),
    BALLOON(Category.VEHICLE, "balloons", VehicleFigures.balloon()),
    TREE(Category.PLANT, "trees", NatureFigures.tree()),
    FLOWER(Category.PLANT, "flowers", NatureFigures.flower()),
    MUSHROOM(Category.PLANT, "mushrooms", NatureFigures.mushroom()),
    CACTUS(Category.PLANT, "cacti", NatureFigures.cactus()),
    HOUSE(Category.BUILDING, "houses", ObjectFigures.house()),
    CASTLE(Category.BUILDING, "castles", ObjectFigures.castle()),
    CIRCLE(Category.SHAPE, "circles", ObjectFigures.circle()),
    SQUARE(Category.SHAPE, "squares", ObjectFigures.square()),
    TRIANGLE(Category.SHAPE, "triangles", ObjectFigures.triangle()),
    STAR(Category.SHAPE, "stars", ObjectFigures.star()),
    HEART(Category.SHAPE, "hearts", ObjectFigures.heart()),
    SUN(Category.WEATHER, "suns", NatureFigures.sun()),
    CLOUD(Category.WEATHER, "clouds", NatureFigures.cloud()),
    MOON(Category.WEATHER, "moons", NatureFigures.moon()),
    UMBRELLA(Category.TOOL, "umbrellas", ObjectFigures.umbrella());

    private final Category category;
    private final String plural;
    private final Figure figure;

    Kind(Category category, String plural, Figure figure) {
        this.category = category;
        this.plural = plural;
        this.figure = figure;
    }

    /** What sort of thing this is. */
    public Category category() {
        return category;
    }

    /** The singular noun, such as {@code cat}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The plural noun, such as {@code cats}. */
    public String plural() {
        return plural;
    }

    /** How it is drawn. */
    Figure figure() {
        return figure;
    }
}

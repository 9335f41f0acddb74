import type { ObjectId, PackedObject, Repository } from '#store';

/** Objects that came with orders, which this process reads until all tasks they came for have ended. */
export class HeldObjects {
  readonly #repository: Repository;
  readonly #counts = new Map<ObjectId, number>();

  constructor(repository: Repository) {
    this.#repository = repository;
  }

  /** Lets this process read objects until they are released as often as they were held. */
  hold(objects: readonly PackedObject[]): void {
    for (const object of objects) {
      const count = this.#counts.get(object.id) ?? 0;
      this.#counts.set(object.id, count + 1);
      if (count === 0) this.#repository.hold(object);
    }
  }

  release(objects: readonly PackedObject[]): void {
    for (const { id } of objects) {
      const count = this.#counts.get(id) ?? 0;
      if (count > 1) this.#counts.set(id, count - 1);
      else {
        this.#counts.delete(id);
        this.#repository.release([id]);
      }
    }
  }
}

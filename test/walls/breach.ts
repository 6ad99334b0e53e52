import { ROOMS, type Room } from './rooms.ts';
import type { Import } from './source.ts';

/** The room of a file, if it has one. */
export function roomOf(path: string): Room | undefined {
  const inside = (place: string) => path === place || path.startsWith(`${place}/`);
  const matches = ROOMS.flatMap((room) => room.paths.filter(inside).map((place) => ({ room, length: place.length })));
  return matches.sort((a, b) => b.length - a.length)[0]?.room;
}

/** What is wrong with an import of a file in `room`, as a sentence, or undefined. */
export function breach(room: Room, one: Import): string | undefined {
  if (one.specifier === '@clew/wire' || one.specifier.startsWith('@clew/wire/')) {
    return room.mayImport.includes('wire') ? undefined : `${room.name} may not import @clew/wire`;
  }
  if (one.target === null) {
    const allowed = room.packages.some((name) =>
      name.endsWith('*') ? one.specifier.startsWith(name.slice(0, -1)) : name === one.specifier,
    );
    return allowed ? undefined : `${room.name} may not import the package ${one.specifier}`;
  }
  const target = roomOf(one.target);
  if (!target) return `${room.name} imports ${one.target}, which lies in no room`;
  if (target === room || room.mayImport.includes(target.name)) return undefined;
  if (room.mayImportTypesOf?.includes(target.name)) {
    return one.typeOnly ? undefined : `${room.name} may import only types of ${target.name}`;
  }
  return `${room.name} may not import ${target.name}`;
}

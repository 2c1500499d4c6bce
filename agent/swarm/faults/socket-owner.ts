// Whose a connection is: on Linux a local port leads to a socket's inode, and that to the process that holds it.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** The process, among those given, that connected from this port of 127.0.0.1; undefined when none of them, or not on Linux. */
export function ownerOf(port: number, pids: ReadonlyMap<number, string>): string | undefined {
  const inode = inodeOf(port)
  if (inode === undefined) return undefined
  const wanted = `socket:[${inode}]`
  for (const [pid, name] of pids) if (holds(pid, wanted)) return name
  return undefined
}

/** Column 1 of the table is the local address, 9 the inode (proc_net_tcp.txt of the kernel's documentation). */
function inodeOf(port: number): string | undefined {
  const local = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`
  const row = read('/proc/net/tcp')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .find((fields) => fields[1] === local && fields[9] !== '0')
  return row?.[9]
}

function holds(pid: number, wanted: string): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => linkOf(`/proc/${pid}/fd/${fd}`) === wanted)
  } catch {
    return false // It ended meanwhile.
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return '' // Closed between the list and the look.
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return '' // Another system: nobody's connection is known.
  }
}

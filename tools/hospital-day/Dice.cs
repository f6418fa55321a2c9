namespace Integration.HospitalDay;

/// <summary>Repeatable numbers on every runtime version, which <see cref="Random"/> with a seed does not promise. SplitMix64.</summary>
internal sealed class Dice(ulong seed)
{
    private ulong _state = seed;

    /// <summary>0 up to but not including <paramref name="below"/>.</summary>
    public int Next(int below)
    {
        _state += 0x9E3779B97F4A7C15;
        var z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return (int)((z ^ (z >> 31)) % (ulong)below);
    }
}
